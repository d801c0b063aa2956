// What a figure shows before, instead of and around itself: loading, refused, nothing there, not yet
// computed.
import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { IconChartHistogram, IconFilterOff, IconLock, IconRefresh, IconShoppingCart, IconUser } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useMayImport } from '@/api/catalog';
import { Problem } from '@/api/client';
import { type Figure, figureQuery, type Filters } from '@/api/insight';
import { EmptyState } from '@/ui/EmptyState';
import { Failure } from '@/ui/ErrorBoundary';
import { ButtonLink } from '@/ui/links';
import { Waiting } from '@/ui/Waiting';
import { useFilters } from './filters';
import { useMayRefresh, useRefresh } from './RefreshState';
import classes from './insight.module.css';

const FORBIDDEN = 403;
const PERSONS_ONLY = 'insight.persons_only';

export function useFigure<T extends Figure>(name: string, own: Filters = {}): UseQueryResult<T> {
  const { filters } = useFilters();
  // While another filter's figures load, the ones at hand stay.
  return useQuery({ ...figureQuery<T>(name, { ...filters, ...own }), placeholderData: keepPreviousData });
}

export function Shown<T extends Figure>({ figure, empty, children }: {
  figure: UseQueryResult<T>;
  empty: (data: T) => boolean;
  children: (data: T) => ReactNode;
}) {
  const { data, error } = figure;
  if (error instanceof Problem && error.status === FORBIDDEN) return <NoRight />;
  if (error instanceof Problem && error.code === PERSONS_ONLY) return <PersonsOnly />;
  if (error && !data) return <Failure error={error} retry={() => void figure.refetch()} />;
  if (!data) return <Waiting />;
  if (!data.as_of) return <NotYet />;
  if (empty(data)) return <Nothing />;
  return <div className={classes.figures} data-stale={figure.isPlaceholderData || undefined}>{children(data)}</div>;
}

function NoRight() {
  return (
    <EmptyState icon={<IconLock size={20} stroke={1.6} />} title={<Trans>These figures are not yours to see</Trans>}>
      <Trans>They rest on orders, which your role may not read. An administrator can change that.</Trans>
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

function NotYet() {
  const may = useMayRefresh();
  const { running, start } = useRefresh();
  return (
    <EmptyState icon={<IconChartHistogram size={20} stroke={1.6} />} title={<Trans>Nothing has been computed yet</Trans>}
      action={may && <Button loading={running} leftSection={<IconRefresh size={15} stroke={1.8} />} onClick={start}><Trans>Compute the figures now</Trans></Button>}>
      <Trans>Scores are refreshed every night, and for one customer as soon as something is ordered. The first time can be now.</Trans>
    </EmptyState>
  );
}

function Nothing() {
  const mayImport = useMayImport();
  const { narrowed, set } = useFilters();
  if (narrowed) {
    return (
      <EmptyState icon={<IconFilterOff size={20} stroke={1.6} />} title={<Trans>No customers within these filters</Trans>}
        action={(
          <Button variant="default" onClick={() => set({ from: undefined, until: undefined, product: undefined, country: undefined })}>
            <Trans>Clear the filters</Trans>
          </Button>
        )}>
        <Trans>Widen the range, or leave out the product or the country.</Trans>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={<IconShoppingCart size={20} stroke={1.6} />} title={<Trans>No orders yet</Trans>}
      action={mayImport && <ButtonLink to="/imports/new" search={{ object: 'order' } as never}><Trans>Import orders</Trans></ButtonLink>}>
      <Trans>What customers are worth is read from what they order. Import past orders from a file, or let them come in by the API.</Trans>
    </EmptyState>
  );
}
