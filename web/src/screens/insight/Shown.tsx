// What a figure shows before, instead of and around itself: loading, refused, nothing there, not yet
// computed.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { keepPreviousData, skipToken, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { IconChartHistogram, IconFilterOff, IconLock, IconRefresh, IconShoppingCart, IconUser } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useCatalog, useMayImport } from '@/api/catalog';
import { Problem } from '@/api/client';
import { type Figure, figureQuery, insightKeys, type Wish } from '@/api/insight';
import { list, recordQuery } from '@/api/records';
import type { RecordData } from '@/api/wire';
import { formatCountry, formatDate, formatInstant } from '@/locale/format';
import { Basis, Card, Stale } from '@/ui/chart/Figure';
import { EmptyState } from '@/ui/EmptyState';
import { Failure } from '@/ui/ErrorBoundary';
import { FailureLine } from '@/ui/FailureLine';
import { ButtonLink } from '@/ui/links';
import { Waiting } from '@/ui/Waiting';
import { useFilters } from './filters';
import { useMayRefresh, useRefresh } from './RefreshState';
import classes from './InsightPage.module.css';

const FORBIDDEN = 403;
const PERSONS_ONLY = 'insight.persons_only';

export function useFigure<T extends Figure>(name: string, wish: Wish = {}): UseQueryResult<T> {
  const { filters } = useFilters();
  // While another choice's figures load, the ones at hand stay, named by their own choice.
  return useQuery({ ...figureQuery<T>(name, filters, wish), placeholderData: keepPreviousData });
}

export function Shown<T extends Figure>({ figure, empty, nothing, children }: {
  figure: UseQueryResult<T>;
  empty?: (data: T) => boolean;
  // Why there may be nothing to show though customers have ordered.
  nothing?: ReactNode;
  children: (data: T) => ReactNode;
}) {
  const { data, error } = figure;
  const basis = useBasis();
  const retry = () => void figure.refetch();
  if (error instanceof Problem && error.status === FORBIDDEN) return <NoRight error={error} />;
  if (error instanceof Problem && error.code === PERSONS_ONLY) return <PersonsOnly />;
  if (error && !data) return <Failure error={error} retry={retry} />;
  if (!data) return <Waiting />;
  if (!data.as_of) return <NotYet />;
  return (
    <Basis value={basis(data.as_of)}>
      <Stale value={figure.isPlaceholderData}>
        <div className={classes.figures} aria-busy={figure.isPlaceholderData || undefined}>
          {error && <FailureLine error={error} retry={retry} />}
          {empty?.(data) ? <Nothing>{nothing}</Nothing> : children(data)}
        </div>
      </Stale>
    </Basis>
  );
}

// What a picture says below its title: as of when, and whom and what its figures speak of.
function useBasis(): (asOf: string) => string {
  const { t } = useLingui();
  const catalog = useCatalog();
  const { filters, subject } = useFilters();
  const { from, until, product, country } = filters;
  const object = catalog.named('product');
  const known = useQuery<RecordData>(object && product ? recordQuery(object, product) as never : { queryKey: [...insightKeys.all, 'no product'], queryFn: skipToken });
  const days = from || until ? `${from ? formatDate(from) : '…'} – ${until ? formatDate(until) : '…'}` : undefined;
  return (asOf) => [
    t`As of ${formatInstant(asOf)}`, catalog.named(subject)?.label.many, days, product && known.data?.$title, country && formatCountry(country),
  ].filter(Boolean).join(' · ');
}

// A second figure of a page: it waits and fails in its own card, beside the first.
export function ShownCard<T extends Figure>({ figure, title, children }: {
  figure: UseQueryResult<T>;
  title: ReactNode;
  children: (data: T) => ReactNode;
}) {
  const { data, error } = figure;
  if (data) return <Stale value={figure.isPlaceholderData}>{children(data)}</Stale>;
  return <Card title={title}>{error ? <FailureLine error={error} retry={() => void figure.refetch()} /> : <Waiting />}</Card>;
}

// The server says which records the role may not read: a figure rests on several types.
export function NoRight({ error, title }: { error: Problem; title?: ReactNode }) {
  const why = error.message;
  return (
    <EmptyState icon={<IconLock size={20} stroke={1.6} />} title={title ?? <Trans>These figures are not yours to see</Trans>}>
      <Trans>{why} An administrator can give your role that right.</Trans>
    </EmptyState>
  );
}

function PersonsOnly() {
  const { set } = useFilters();
  return (
    <EmptyState icon={<IconUser size={20} stroke={1.6} />} title={<Trans>This figure is of persons alone</Trans>}
      action={<Button variant="default" onClick={() => set({ subject: undefined })}><Trans>Show persons</Trans></Button>}>
      <Trans>The scores it rests on are made for persons. Value, cohorts, retention and now and next know companies as well.</Trans>
    </EmptyState>
  );
}

// Whether anything was ever ordered, as the list of orders knows it: figures of nobody say nothing of
// why there is nobody.
function useHasOrders() {
  const orders = useCatalog().named('order')?.plural ?? '';
  return useQuery({
    queryKey: [...insightKeys.all, 'any order'],
    queryFn: async ({ signal }) => (await list(orders, { limit: 1, fields: 'id', count: 'none' }, signal)).data.length > 0,
  });
}

function NotYet() {
  const may = useMayRefresh();
  const { running, start } = useRefresh();
  const ordered = useHasOrders();
  if (ordered.isPending) return <Waiting />;
  if (ordered.data === false) return <NoOrders />;
  return (
    <EmptyState icon={<IconChartHistogram size={20} stroke={1.6} />} title={<Trans>Nothing has been computed yet</Trans>}
      action={may && <Button loading={running} leftSection={<IconRefresh size={15} stroke={1.8} />} onClick={start}><Trans>Compute the figures now</Trans></Button>}>
      <Trans>Scores are refreshed every night, and for one customer as soon as something is ordered. The first time can be now.</Trans>
    </EmptyState>
  );
}

// The nearest reason first: no orders at all, filters that leave nobody over, and then the figure's own.
export function Nothing({ children }: { children?: ReactNode }) {
  const { narrowed, subject } = useFilters();
  const ordered = useHasOrders();
  if (ordered.isPending) return <Waiting />;
  if (ordered.data === false) return <NoOrders />;
  if (narrowed) return <NobodyWithin />;
  if (subject === 'company') return <NoCompanies />;
  return <>{children ?? <NothingCounts />}</>;
}

function NothingCounts() {
  return (
    <EmptyState icon={<IconShoppingCart size={20} stroke={1.6} />} title={<Trans>No orders that count yet</Trans>}>
      <Trans>Orders that were cancelled, are of unknown customers or in another currency than the organisation's do not count.</Trans>
    </EmptyState>
  );
}

function NobodyWithin() {
  const { clear } = useFilters();
  return (
    <EmptyState icon={<IconFilterOff size={20} stroke={1.6} />} title={<Trans>No customers within these filters</Trans>}
      action={<Button variant="default" onClick={clear}><Trans>Clear the filters</Trans></Button>}>
      <Trans>Widen the range, or leave out the product or the country.</Trans>
    </EmptyState>
  );
}

function NoCompanies() {
  const { set } = useFilters();
  return (
    <EmptyState icon={<IconUser size={20} stroke={1.6} />} title={<Trans>No company has ordered yet</Trans>}
      action={<Button variant="default" onClick={() => set({ subject: undefined })}><Trans>Show persons</Trans></Button>}>
      <Trans>All orders until now are of persons. An order counts for a company where it names one.</Trans>
    </EmptyState>
  );
}

function NoOrders() {
  const mayImport = useMayImport();
  return (
    <EmptyState icon={<IconShoppingCart size={20} stroke={1.6} />} title={<Trans>No orders yet</Trans>}
      action={mayImport && <ButtonLink to="/imports/new" search={{ object: 'order' } as never}><Trans>Import orders</Trans></ButtonLink>}>
      <Trans>What customers are worth is read from what they order. Import past orders from a file, or let them come in by the API.</Trans>
    </EmptyState>
  );
}

// Customers have ordered, and still no score of this kind was made.
export function NoScores() {
  return (
    <EmptyState icon={<IconChartHistogram size={20} stroke={1.6} />} title={<Trans>No customer has these scores yet</Trans>}
      action={<ButtonLink to="/insight/$section" params={{ section: 'models' } as never}><Trans>See the models</Trans></ButtonLink>}>
      <Trans>They are made by models of how customers buy and leave, which are fitted with a refresh once there are enough orders.</Trans>
    </EmptyState>
  );
}
