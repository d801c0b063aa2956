// Whom and what the figures speak of: persons or companies, when, of which product, in which country.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect, SegmentedControl, TextInput, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconCalendar, IconMapPin, IconPackage, IconX } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { useCatalog } from '@/api/catalog';
import { countriesQuery } from '@/api/insight';
import { recordQuery } from '@/api/records';
import type { ObjectType } from '@/api/wire';
import { formatCountry, formatDate, formatInteger } from '@/locale/format';
import { DropPanel } from '@/ui/DropPanel';
import { FailureLine } from '@/ui/FailureLine';
import { dateFault, type Range, useFilters } from './filters';
import classes from './FilterRow.module.css';

const EditLink = lazy(() => import('@/fields/edit/links').then((links) => ({ default: links.EditLink })));

// What a choice of orders does to the figure: to most it says whose values are told, to some which
// orders are looked at.
export type Narrowing = 'customers' | 'orders' | 'months';

export function FilterRow({ narrowing }: { narrowing: Narrowing }) {
  const { t } = useLingui();
  const { subject, ordersNarrowed, set } = useFilters();
  const catalog = useCatalog();
  const product = catalog.named('product');
  return (
    <div className={classes.row}>
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
      {ordersNarrowed && <p className={classes.means}><Meaning narrowing={narrowing} /></p>}
    </div>
  );
}

function Meaning({ narrowing }: { narrowing: Narrowing }) {
  const { filters } = useFilters();
  if (narrowing === 'orders') return <Trans>Only orders within these filters count: a first order is the first of these.</Trans>;
  if (narrowing === 'months') return <Trans>Customers who ordered within these filters, in the months of the range.</Trans>;
  if (filters.product) return <Trans>Customers who ordered the product within the range; what is told of them is of all their orders.</Trans>;
  return <Trans>Customers who ordered in this range; what is told of them is of all time.</Trans>;
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
        target={<UnstyledButton className={classes.open} onClick={() => setOpened(!opened)}>{icon}<span>{value}</span></UnstyledButton>}>
        <div className={classes.panel}>{children(() => setOpened(false))}</div>
      </DropPanel>
      {onRemove && <UnstyledButton className={classes.remove} aria-label={t`Remove: ${label}`} onClick={onRemove}><IconX size={13} /></UnstyledButton>}
    </span>
  );
}

function RangeFilter() {
  const { t } = useLingui();
  const { filters, range, set } = useFilters();
  const { from, until } = filters;
  const names: Record<Exclude<Range, 'own'>, string> = { all: t`All time`, months: t`Last 12 months`, this_year: t`This year`, last_year: t`Last year` };
  const told = range === 'own' ? `${from ? formatDate(from) : '…'} – ${until ? formatDate(until) : '…'}` : names[range];
  const take = (one: Range) => set({ range: one === 'all' ? undefined : one, from: undefined, until: undefined });
  const own = (change: { from?: string | undefined; until?: string | undefined }) => set({ range: undefined, from, until, ...change });
  return (
    <Chip icon={<IconCalendar size={14} stroke={1.7} aria-hidden />} label={t`Range`} value={told}
      onRemove={range === 'all' ? undefined : () => take('all')}>
      {(close) => (
        <>
          <div className={classes.presets}>
            {(Object.keys(names) as (keyof typeof names)[]).map((one) => (
              <Button key={one} size="compact-sm" variant={range === one ? 'light' : 'default'} aria-pressed={range === one}
                onClick={() => { take(one); close(); }}>{names[one]}</Button>
            ))}
          </div>
          <DateField label={t`From`} end="from" value={from} other={until} onChange={(next) => own({ from: next })} />
          <DateField label={t`Until`} end="until" value={until} other={from} onChange={(next) => own({ until: next })} />
        </>
      )}
    </Chip>
  );
}

// A date counts when it is finished, by Enter or by leaving the field: a browser tells every year that
// is typed on the way to 2026.
function DateField({ label, end, value, other, onChange }: {
  label: string;
  end: 'from' | 'until';
  value: string | undefined;
  other: string | undefined;
  onChange: (next: string | undefined) => void;
}) {
  const { t } = useLingui();
  const [draft, setDraft] = useState(value ?? '');
  const [fault, setFault] = useState<ReturnType<typeof dateFault>>();
  useEffect(() => setDraft(value ?? ''), [value]);
  const commit = () => {
    const found = dateFault(end, draft, other);
    setFault(found);
    if (!found && draft !== (value ?? '')) onChange(draft || undefined);
  };
  const said = { day: t`Give a day, such as 1 March 2026.`, reversed: end === 'from' ? t`This is after the end.` : t`This is before the beginning.` };
  return (
    <TextInput type="date" label={label} value={draft} error={fault && said[fault]} onBlur={commit}
      onChange={(event) => { setDraft(event.currentTarget.value); setFault(undefined); }}
      onKeyDown={(event) => { if (event.key === 'Enter') commit(); }} />
  );
}

function ProductFilter({ object }: { object: ObjectType }) {
  const { t } = useLingui();
  const { filters, set } = useFilters();
  const { product } = filters;
  const known = useQuery({ ...recordQuery(object, product ?? ''), enabled: Boolean(product) });
  const field = { name: 'product', type: 'link' as const, label: object.label.one, link_to: object.name };
  const title = known.data?.$title ?? (known.error ? t`Unknown product` : '…');
  return (
    <Chip icon={<IconPackage size={14} stroke={1.7} aria-hidden />} label={object.label.one}
      value={product ? <bdi>{title}</bdi> : t`Any product`} onRemove={product ? () => set({ product: undefined }) : undefined}>
      {(close) => (
        <Suspense fallback={null}>
          {known.error && <FailureLine error={known.error} retry={() => void known.refetch()} />}
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
  const { filters, subject } = useFilters();
  const found = useQuery(countriesQuery(subject));
  if (found.error) return <FailureLine error={found.error} retry={() => void found.refetch()} />;
  const named = (found.data ?? []).map(({ country, count }) => ({ value: country, label: t`${formatCountry(country)} (${formatInteger(count)})` }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const { country } = filters;
  const missing = country && !named.some((one) => one.value === country) ? [{ value: country, label: formatCountry(country) }] : [];
  return (
    <NativeSelect label={t`Country`} value={country ?? ''} disabled={found.isPending}
      data={[{ value: '', label: t`Any country` }, ...missing, ...named]} onChange={(event) => onChoose(event.currentTarget.value)} />
  );
}
