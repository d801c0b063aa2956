import { useLingui } from '@lingui/react/macro';
import { TextInput, UnstyledButton } from '@mantine/core';
import { type KeyboardEvent, useState } from 'react';
import { byOwn, type Catalog, partLabel, partsOf, useCatalog } from '@/api/catalog';
import type { ObjectType } from '@/api/wire';
import classes from './FilterBar.module.css';

interface Offer {
  path: string;
  label: string;
  detail?: string;
}

// The fields of the record, their parts, and the fields of the records it links to.
export default function FieldChoice({ object, onChoose }: { object: ObjectType; onChoose: (path: string) => void }) {
  const { t } = useLingui();
  const catalog = useCatalog();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const words = typed.toLocaleLowerCase().trim();
  const offers = offersOf(catalog, object, words !== '').filter((one) => `${one.label} ${one.detail ?? ''} ${one.path}`.toLocaleLowerCase().includes(words));
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt(Math.max(0, Math.min(offers.length - 1, at + step)));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const chosen = offers[at];
      if (chosen) onChoose(chosen.path);
    }
  };
  return (
    <div className={classes.fields}>
      <TextInput value={typed} data-autofocus placeholder={t`Filter by`} aria-label={t`Filter by`} onKeyDown={onKeyDown}
        role="combobox" aria-expanded aria-controls="filter-fields" aria-activedescendant={offers[at] ? `filter-field-${at}` : undefined}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }} />
      <div role="listbox" id="filter-fields" aria-label={t`Fields`} className={classes.fieldList}>
        {offers.map((offer, index) => (
          <UnstyledButton key={offer.path} id={`filter-field-${index}`} role="option" aria-selected={index === at} tabIndex={-1}
            className={classes.fieldItem} onPointerMove={() => setAt(index)} onClick={() => onChoose(offer.path)}>
            {offer.label}{offer.detail && <small>{offer.detail}</small>}
          </UnstyledButton>
        ))}
      </div>
    </div>
  );
}

function offersOf(catalog: Catalog, object: ObjectType, far: boolean): Offer[] {
  const shown = byOwn(object.fields).filter((field) => !field.hidden && field.type !== 'json' && field.name !== 'version');
  const own = shown.filter((field) => field.type !== 'address').map((field) => ({ path: field.name, label: field.label }));
  const parts = shown.flatMap((field) =>
    partsOf(field).filter(() => field.type === 'address').map((part) => ({
      path: `${field.name}.${part}`, label: partLabel(part), detail: field.label,
    })),
  );
  if (!far) return [...own, ...parts];
  const linked = shown.filter((field) => field.type === 'link').flatMap((link) => {
    const target = catalog.named(link.link_to);
    const fields = target?.fields.filter((field) => !field.hidden && !field.system && !['json', 'address'].includes(field.type)) ?? [];
    return fields.map((field) => ({ path: `${link.name}.${field.name}`, label: field.label, detail: link.label }));
  });
  return [...own, ...parts, ...linked];
}
