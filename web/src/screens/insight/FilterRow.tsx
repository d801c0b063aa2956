// Whom and what the figures speak of: persons or companies, when, of which product, in which country.
import { useLingui } from '@lingui/react/macro';
import { Button, NativeSelect, SegmentedControl, TextInput, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconCalendar, IconMapPin, IconPackage, IconX } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useCatalog } from '@/api/catalog';
import { figureQuery, type ProfitabilityFigure } from '@/api/insight';
import { recordQuery } from '@/api/records';
import type { ObjectType } from '@/api/wire';
import { formatCountry, formatDate } from '@/locale/format';
import { DropPanel } from '@/ui/DropPanel';
import { datesOf, type Range, rangeOf, useFilters } from './filters';
import classes from './insight.module.css';

const EditLink = lazy(() => import('@/fields/edit/links').then((links) => ({ default: links.EditLink })));

export function FilterRow() {
  const { t } = useLingui();
  const { subject, set } = useFilters();
  const catalog = useCatalog();
  const product = catalog.named('product');
  return (
    <div className={classes.filters} role="search" aria-label={t`Filter`}>
      <SegmentedControl size="xs" value={subject} aria-label={t`Customers`} onChange={(next) => set({ subject: next === 'person' ? undefined : next })}
        data={[
          { value: 'person', label: catalog.named('person')?.label.many ?? t`Persons` },
          { value: 'company', label: catalog.named('company')?.label.many ?? t`Companies` },
        ]} />
      <RangeFilter />
      {product && <ProductFilter object={product} />}
      <CountryFilter />
    </div>
  );
}

function Chip({ icon, label, value, onRemove, children }: {
  icon: ReactNode;
  label: string;
  value: ReactNode;
  onRemove: (() => void) | undefined;
  children: (close: () => void) => ReactNode;
}) {
  const { t } = useLingui();
  const [opened, setOpened] = useState(false);
  return (
    <span className={classes.chip} data-set={onRemove ? true : undefined}>
      <DropPanel opened={opened} onChange={setOpened} label={label}
        target={<UnstyledButton className={classes.chipOpen} onClick={() => setOpened(!opened)}>{icon}<span>{value}</span></UnstyledButton>}>
        <div className={classes.panel}>{children(() => setOpened(false))}</div>
      </DropPanel>
      {onRemove && <UnstyledButton className={classes.chipRemove} aria-label={t`Remove: ${label}`} onClick={onRemove}><IconX size={13} /></UnstyledButton>}
    </span>
  );
}

function RangeFilter() {
  const { t } = useLingui();
  const { filters, set } = useFilters();
  const { from, until } = filters;
  const names: Record<Exclude<Range, 'own'>, string> = { all: t`All time`, months: t`Last 12 months`, this_year: t`This year`, last_year: t`Last year` };
  const range = rangeOf(from, until, new Date());
  const told = range === 'own' ? `${from ? formatDate(from) : '…'} – ${until ? formatDate(until) : '…'}` : names[range];
  return (
    <Chip icon={<IconCalendar size={14} stroke={1.7} aria-hidden />} label={t`Range`} value={told}
      onRemove={range === 'all' ? undefined : () => set({ from: undefined, until: undefined })}>
      {(close) => (
        <>
          <div className={classes.presets}>
            {(Object.keys(names) as (keyof typeof names)[]).map((one) => (
              <Button key={one} size="compact-sm" variant={range === one ? 'light' : 'default'}
                onClick={() => { set(datesOf(one, new Date())); close(); }}>{names[one]}</Button>
            ))}
          </div>
          <TextInput type="date" label={t`From`} value={from ?? ''} max={until} onChange={(event) => set({ from: event.target.value || undefined })} />
          <TextInput type="date" label={t`Until`} value={until ?? ''} min={from} onChange={(event) => set({ until: event.target.value || undefined })} />
        </>
      )}
    </Chip>
  );
}

function ProductFilter({ object }: { object: ObjectType }) {
  const { t } = useLingui();
  const { filters, set } = useFilters();
  const { product } = filters;
  const known = useQuery({ ...recordQuery(object, product ?? ''), enabled: Boolean(product) });
  const field = { name: 'product', type: 'link' as const, label: object.label.one, link_to: object.name };
  return (
    <Chip icon={<IconPackage size={14} stroke={1.7} aria-hidden />} label={object.label.one}
      value={product ? <bdi>{known.data?.$title ?? '…'}</bdi> : t`Any product`} onRemove={product ? () => set({ product: undefined }) : undefined}>
      {(close) => (
        <Suspense fallback={null}>
          <EditLink field={field} label={object.label.one} value={product ?? null} title={known.data?.$title} autoFocus
            onChange={(next) => { set({ product: next ? String(next) : undefined }); close(); }} />
        </Suspense>
      )}
    </Chip>
  );
}

function CountryFilter() {
  const { t } = useLingui();
  const { filters, set } = useFilters();
  const { country } = filters;
  return (
    <Chip icon={<IconMapPin size={14} stroke={1.7} aria-hidden />} label={t`Country`} value={country ? formatCountry(country) : t`Any country`}
      onRemove={country ? () => set({ country: undefined }) : undefined}>
      {(close) => <CountryChoice onChoose={(next) => { set({ country: next || undefined }); close(); }} />}
    </Chip>
  );
}

// The countries that customers are of, as the figures themselves know them.
function CountryChoice({ onChoose }: { onChoose: (country: string) => void }) {
  const { t } = useLingui();
  const { filters } = useFilters();
  const found = useQuery(figureQuery<ProfitabilityFigure>('profitability', { by: 'customer_country' }));
  const codes = found.data?.rows.map((row) => row.key).filter((key) => /^[A-Z]{2}$/.test(key)) ?? [];
  const known = filters.country && !codes.includes(filters.country) ? [filters.country, ...codes] : codes;
  const named = known.map((code) => ({ value: code, label: formatCountry(code) })).sort((a, b) => a.label.localeCompare(b.label));
  return (
    <NativeSelect label={t`Country`} value={filters.country ?? ''} disabled={found.isPending}
      data={[{ value: '', label: t`Any country` }, ...named]} onChange={(event) => onChoose(event.target.value)} />
  );
}
