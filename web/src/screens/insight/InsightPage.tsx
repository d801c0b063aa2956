// What customers are worth, and why: figures on top of the scores, each mark leading to its customers.
import { Trans, useLingui } from '@lingui/react/macro';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { IconChartHistogram } from '@tabler/icons-react';
import { type ComponentType, lazy, Suspense, useEffect, useRef } from 'react';
import { ErrorBoundary } from '@/ui/ErrorBoundary';
import { NotFound } from '@/ui/NotFound';
import { Page } from '@/ui/Page';
import { Waiting } from '@/ui/Waiting';
import { FilterRow, type Narrowing } from './FilterRow';
import { keptSearch } from './filters';
import { RefreshState } from './RefreshState';
import classes from './InsightPage.module.css';

interface Section {
  key: string;
  label: string;
  Part: ComponentType;
  // What filters do to it; none for models and their fits, which are the whole firm's.
  narrowing?: Narrowing;
}

const Overview = lazy(() => import('./Overview'));
const Rfm = lazy(() => import('./Rfm'));
const Cohorts = lazy(() => import('./Cohorts'));
const Retention = lazy(() => import('./Retention'));
const Alive = lazy(() => import('./Alive'));
const TwoByTwo = lazy(() => import('./TwoByTwo'));
const Profitability = lazy(() => import('./Profitability'));
const NextOffers = lazy(() => import('./NextOffers'));
const Models = lazy(() => import('./Models'));

export default function InsightPage() {
  const { t } = useLingui();
  const { section = '' } = useParams({ strict: false }) as { section?: string };
  const search = useSearch({ strict: false });
  const sections: Section[] = [
    { key: '', label: t`Overview`, Part: Overview, narrowing: 'customers' },
    { key: 'rfm', label: t`Recency and frequency`, Part: Rfm, narrowing: 'customers' },
    { key: 'cohorts', label: t`Cohorts`, Part: Cohorts, narrowing: 'orders' },
    { key: 'retention', label: t`Retention`, Part: Retention, narrowing: 'orders' },
    { key: 'alive', label: t`Alive and value`, Part: Alive, narrowing: 'customers' },
    { key: 'two_by_two', label: t`Now and next`, Part: TwoByTwo, narrowing: 'customers' },
    { key: 'profitability', label: t`Profitability`, Part: Profitability, narrowing: 'months' },
    { key: 'next_offers', label: t`Next offers`, Part: NextOffers, narrowing: 'customers' },
    { key: 'models', label: t`Models`, Part: Models },
  ];
  const current = sections.find((one) => one.key === section);
  const tabs = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the sections are wider than the page.
    tabs.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [section]);
  const title = current?.label;
  useEffect(() => {
    document.title = `${title ?? t`Customer value`} · ${t`Customer value`} · Rapport`;
  }, [t, title]);
  if (!current) return <NotFound />;
  const { Part } = current;
  return (
    <Page
      heading={<><IconChartHistogram size={18} stroke={1.6} aria-hidden /><Trans>Customer value</Trans></>}
      action={<RefreshState />}
      tabs={
        <nav ref={tabs} aria-label={t`Figures`} className={classes.sections}>
          {sections.map((one) => (
            <Link key={one.key} to={one.key ? '/insight/$section' : '/insight'} params={{ section: one.key } as never} search={keptSearch(search) as never}
              activeOptions={{ exact: true, includeSearch: false }} className={classes.section ?? ''}>{one.label}</Link>
          ))}
        </nav>
      }
    >
      {current.narrowing && <FilterRow narrowing={current.narrowing} />}
      <div className={classes.scroller} data-testid="scroller">
        <ErrorBoundary key={section}>
          <Suspense fallback={<Waiting />}><Part /></Suspense>
        </ErrorBoundary>
      </div>
    </Page>
  );
}
