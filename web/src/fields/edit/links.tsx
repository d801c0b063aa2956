// A link is chosen by typing part of the other record's name.
import { useLingui } from '@lingui/react/macro';
import { Loader, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCatalog } from '@/api/catalog';
import { list, search } from '@/api/records';
import type { ObjectType } from '@/api/wire';
import type { EditProps } from '../types';
import { framed } from './frame';

const ASK_AFTER_MS = 120;
const OFFERED = 20;

export function EditLink(props: EditProps) {
  const { t } = useLingui();
  const { field, value, title, onChange, onChoose, inline } = props;
  const target = useCatalog().named(field.link_to ?? (field.type === 'user' ? 'user' : undefined));
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(value && title ? { value: String(value), label: title } : null);
  const [asked] = useDebouncedValue(typed === chosen?.label ? '' : typed.trim(), ASK_AFTER_MS);
  const found = useQuery({
    queryKey: ['offered', target?.plural, asked],
    queryFn: ({ signal }) => (target ? offered(target, asked, signal) : []),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  const offers = found.data ?? [];
  const known = chosen && !offers.some((one) => one.value === chosen.value) ? [chosen, ...offers] : offers;
  return (
    <Select {...framed(props)} data={known} value={(value as string | null) ?? null} searchable
      allowDeselect={false} clearable={!field.required} clearButtonProps={{ 'aria-label': t`Clear` }} defaultDropdownOpened={inline ?? false}
      filter={({ options }) => options} maxDropdownHeight={300} searchValue={typed} onSearchChange={setTyped}
      placeholder={target ? t`Find by name` : t`Nobody to choose`}
      nothingFoundMessage={asked ? t`Nothing found for “${asked}”` : t`Type to search`}
      rightSection={found.isFetching ? <Loader size={12} color="gray" /> : undefined}
      comboboxProps={{ withinPortal: true, transitionProps: { duration: 60 } }}
      onChange={(next, option) => {
        setChosen(next ? { value: next, label: option?.label ?? next } : null);
        onChange(next);
        onChoose?.(next, option?.label);
      }} />
  );
}

// By what was typed; before that, the first of the list.
async function offered(target: ObjectType, text: string, signal: AbortSignal) {
  if (text) {
    const { data } = await search(text, [target.name], OFFERED, signal);
    return unique(data.map((hit) => ({ value: hit.id, label: hit.title })));
  }
  const { data } = await list(target.plural, { fields: target.title, limit: OFFERED, order: target.list?.order ?? '' }, signal);
  return unique(data.map((record) => ({ value: record.id, label: record.$title || record.id.slice(0, 8) })));
}

function unique<T extends { value: string }>(options: T[]): T[] {
  return [...new Map(options.map((one) => [one.value, one])).values()];
}
