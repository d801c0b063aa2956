// ⌘K: actions for what is at hand, then places, then records found as one types.
import { useLingui } from '@lingui/react/macro';
import { Modal, VisuallyHidden } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { IconArrowRight, IconBolt, IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { type Catalog, useCatalog } from '@/api/catalog';
import { search } from '@/api/records';
import type { SearchHit } from '@/api/wire';
import { ObjectIcon } from '@/ui/icons';
import { type Command, useCommandList } from '@/ui/keyboard';
import { Keys } from '@/ui/Keys';
import { recentRecords } from '@/ui/recent';
import classes from './Palette.module.css';

const SEARCH_AFTER_MS = 90;
const HITS = 12;
const COMMANDS_WITH_TEXT = 8;

interface Item {
  id: string;
  group: string;
  label: string;
  detail?: string | undefined;
  icon: ReactNode;
  keys?: string | undefined;
  run: () => void;
}

export default function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useLingui();
  return (
    <Modal opened={opened} onClose={onClose} withCloseButton={false} size={620} padding={0} yOffset="12vh"
      radius="md" aria-label={t`Search and commands`} classNames={{ content: classes.content ?? '' }}>
      <PaletteBody onClose={onClose} />
    </Modal>
  );
}

function PaletteBody({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const listId = useId();
  const listRef = useRef<HTMLDivElement>(null);
  const { items, searching } = useItems(text);
  const chosen = Math.min(at, items.length - 1);
  useEffect(() => setAt(0), [text]);
  useEffect(() => {
    listRef.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  const run = (item: Item | undefined) => {
    if (!item) return;
    onClose();
    // After the dialog has given the focus back, so that what opens next keeps it.
    window.setTimeout(item.run, 0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt((chosen + step + items.length) % Math.max(1, items.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(items[chosen]);
    }
  };

  return (
    <>
      <div className={classes.field}>
        <IconSearch size={17} stroke={1.7} aria-hidden />
        <input data-autofocus value={text} onChange={(event) => setText(event.target.value)} onKeyDown={onKeyDown}
          placeholder={t`Search records, or type a command`} aria-label={t`Search records, or type a command`}
          role="combobox" aria-expanded aria-controls={listId} aria-autocomplete="list" autoComplete="off" spellCheck={false}
          aria-activedescendant={items[chosen] ? `${listId}-${chosen}` : undefined} />
        <Keys keys="Escape" />
      </div>
      <div ref={listRef} id={listId} role="listbox" aria-label={t`Results`} className={classes.list}>
        {items.map((item, index) => (
          <div key={item.id} role="presentation">
            {items[index - 1]?.group !== item.group && <div className={classes.group} role="presentation">{item.group}</div>}
            <div id={`${listId}-${index}`} role="option" aria-selected={index === chosen} className={classes.item}
              onPointerMove={() => index !== chosen && setAt(index)} onClick={() => run(item)}>
              <span className={classes.icon}>{item.icon}</span>
              <span className={classes.label}>{item.label}</span>
              {item.detail && <bdi className={classes.detail}>{item.detail}</bdi>}
              {item.keys && <Keys keys={item.keys} />}
            </div>
          </div>
        ))}
      </div>
      {items.length === 0 && !searching && (
        <p className={classes.none}>{t`Nothing is called “${text}”. Try part of a name, an e-mail, a phone number or an id.`}</p>
      )}
      <VisuallyHidden role="status">{text ? t`${items.length} results` : ''}</VisuallyHidden>
    </>
  );
}

function useItems(text: string): { items: Item[]; searching: boolean } {
  const { t } = useLingui();
  const catalog = useCatalog();
  const navigate = useNavigate();
  const commands = useCommandList().filter((one) => one.listed);
  const [asked] = useDebouncedValue(text.trim(), SEARCH_AFTER_MS);
  const found = useQuery({
    queryKey: ['search', asked],
    queryFn: ({ signal }) => search(asked, [], HITS, signal),
    enabled: asked.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 1000, // a record made a moment ago is to be found
  });
  const record = (hit: SearchHit, group: string): Item => ({
    id: `record:${hit.object}:${hit.id}`, group, label: hit.title, detail: hit.subtitle,
    icon: <ObjectIcon name={catalog.named(hit.object)?.icon} />,
    run: () => void navigate({ to: '/$plural/$id', params: { plural: hit.plural, id: hit.id } }),
  });
  const action = (command: Command): Item => ({
    id: `command:${command.id}`, group: command.group, label: command.label, keys: command.keys?.[0], run: command.run,
    icon: command.id.startsWith('go:') ? <IconArrowRight size={16} stroke={1.6} /> : <IconBolt size={16} stroke={1.6} />,
  });
  if (!text.trim()) {
    const recent = recentRecords().map((hit) => record(hit, t`Recent`));
    return { items: [...recent, ...commands.map(action)], searching: false };
  }
  const matching = commands.filter((one) => matches(one.label, text)).slice(0, COMMANDS_WITH_TEXT).map(action);
  const hits = grouped(found.data?.data ?? [], catalog, record);
  return { items: [...matching, ...hits], searching: found.isFetching || asked !== text.trim() };
}

// Hits keep their order within their type; types stand in the order of their best hit.
function grouped(hits: SearchHit[], catalog: Catalog, make: (hit: SearchHit, group: string) => Item): Item[] {
  const groups = new Map<string, SearchHit[]>();
  for (const hit of hits) groups.set(hit.object, [...(groups.get(hit.object) ?? []), hit]);
  return [...groups].flatMap(([object, ones]) => ones.map((hit) => make(hit, catalog.named(object)?.label.many ?? object)));
}

// Every typed word begins a word of the label.
export function matches(label: string, text: string): boolean {
  const words = label.toLocaleLowerCase().split(/\s+/);
  return text.toLocaleLowerCase().trim().split(/\s+/).every((typed) => words.some((word) => word.startsWith(typed)));
}
