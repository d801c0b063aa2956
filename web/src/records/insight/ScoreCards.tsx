// What the customer at hand is worth, in four cards: value, life, profit and the next offer. Each opens
// why, in words and a small picture.
import { Trans, useLingui } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, useEffect, useRef, useState } from 'react';
import { fieldOf, useCatalog } from '@/api/catalog';
import { type RecordInsight, recordInsightQuery } from '@/api/insight';
import { Problem } from '@/api/client';
import { onLive } from '@/api/live';
import type { ObjectType, RecordData } from '@/api/wire';
import { Tag } from '@/fields/Tag';
import { choiceOf, isEmpty } from '@/fields/values';
import { formatAmount, formatInstant, formatRelative, isLoss } from '@/locale/format';
import { DropPanel } from '@/ui/DropPanel';
import { FailureLine } from '@/ui/FailureLine';
import { atPace } from '@/ui/pace';
import { numberOf, scoreNamed, scoreText } from './scores';
import classes from './cards.module.css';

const ValueWhy = lazy(() => import('./why').then((why) => ({ default: why.ValueWhy })));
const LifeWhy = lazy(() => import('./why').then((why) => ({ default: why.LifeWhy })));
const ProfitWhy = lazy(() => import('./why').then((why) => ({ default: why.ProfitWhy })));
const OfferWhy = lazy(() => import('./why').then((why) => ({ default: why.OfferWhy })));

// No right, or not a customer.
const UNSEEN = [403, 404];
// An order's customer is scored within a second. While orders pour in, scores are read again at this
// pace and no faster, but they are read: waiting for a pause would show the first ones for ever.
const SCORED_AFTER_MS = 1500;

export interface CardProps {
  object: ObjectType;
  insight: RecordInsight;
}

interface Props {
  object: ObjectType;
  record: RecordData;
  strip?: boolean;
}

// What is in the bin is no customer.
export default function ScoreCards(props: Props) {
  return props.record['removed_at'] ? null : <Scores {...props} />;
}

function Scores({ object, record, strip }: Props) {
  const { t } = useLingui();
  const { data, error, refetch } = useQuery(recordInsightQuery(object.plural, record.id));
  useNews(object, refetch);
  // Who may not see figures, or has none to see yet, misses nothing here.
  const unseen = error instanceof Problem && UNSEEN.includes(error.status);
  if (unseen || (!data && !error)) return null;
  if (!data) {
    return (
      <section className={classes.block} data-strip={strip || undefined} aria-label={t`Customer value`} data-testid="scores">
        <FailureLine error={error} retry={() => void refetch()} />
      </section>
    );
  }
  const cards = [ValueCard, LifeCard, ProfitCard, OfferCard].map((Card) => <Card key={Card.name} object={object} insight={data} />);
  const empty = data.scores.every((score) => isEmpty(score.value)) && !data.next_offers?.length;
  return (
    <section className={classes.block} data-strip={strip || undefined} aria-label={t`Customer value`} data-testid="scores">
      {!strip && (
        <h2 className={classes.head}>
          <Trans>Customer value</Trans>
          {data.as_of && !empty && <time dateTime={data.as_of} title={formatInstant(data.as_of)}>{formatRelative(data.as_of)}</time>}
        </h2>
      )}
      {empty ? <p className={classes.none}><Trans>Nothing to tell before the first order.</Trans></p> : <div className={classes.cards}>{cards}</div>}
    </section>
  );
}

// A customer is scored anew as soon as something hangs on it that was not there before; the scores
// themselves are no change of the record.
function useNews(object: ObjectType, read: () => unknown): void {
  const catalog = useCatalog();
  const latest = useRef(read);
  latest.current = read;
  useEffect(() => {
    const hanging = new Set(catalog.relations(object).map((relation) => relation.object.name));
    const pace = atPace(SCORED_AFTER_MS, () => latest.current());
    const stop = onLive((change) => {
      if (change === 'reset' || hanging.has(change.object)) pace.ask();
    });
    return () => {
      stop();
      pace.stop();
    };
  }, [catalog, object]);
}

function Opening({ label, figure, note, tone, children }: {
  label: string;
  figure: ReactNode;
  note?: ReactNode;
  tone?: 'bad' | undefined;
  children: ReactNode;
}) {
  const [opened, setOpened] = useState(false);
  return (
    <DropPanel end opened={opened} onChange={setOpened} label={label}
      target={
        <UnstyledButton className={classes.card} aria-expanded={opened} onClick={() => setOpened(!opened)}>
          <span className={classes.label}>{label}</span>
          <b data-tone={tone}>{figure}</b>
          <span className={classes.note}>{note}</span>
        </UnstyledButton>
      }>
      <div className={classes.why} tabIndex={0}>{children}</div>
    </DropPanel>
  );
}

function ValueCard({ object, insight }: CardProps) {
  const { t } = useLingui();
  const value = scoreNamed(insight, 'lifetime_value');
  const before = scoreNamed(insight, 'historic_value');
  if (!value && !before) return null;
  const shown = value ?? before;
  const brought = before && scoreText(before, object, insight.currency);
  return (
    <Opening label={value ? t`Lifetime value` : t`Historic value`} figure={shown && scoreText(shown, object, insight.currency)}
      note={value && brought && <Trans>{brought} until now</Trans>}>
      <ValueWhy object={object} insight={insight} />
    </Opening>
  );
}

function LifeCard({ object, insight }: CardProps) {
  const { t } = useLingui();
  const alive = scoreNamed(insight, 'probability_alive');
  const warning = scoreNamed(insight, 'churn_warning');
  const field = fieldOf(object, 'churn_warning');
  const choice = field && warning && choiceOf(field, warning.value);
  if (!alive) return null;
  const calm = !warning || warning.value === 'none';
  return (
    <Opening label={t`Alive`} figure={scoreText(alive, object, insight.currency)}
      note={calm ? <Trans>no warning</Trans> : <Tag color={choice?.color ?? (warning.value === 'act' ? 'red' : 'orange')}>{choice?.label ?? String(warning.value)}</Tag>}>
      <LifeWhy object={object} insight={insight} />
    </Opening>
  );
}

function ProfitCard({ object, insight }: CardProps) {
  const { t } = useLingui();
  const profit = scoreNamed(insight, 'profit');
  if (!profit && !insight.profit) return null;
  const amount = profit ? numberOf(profit.value) : insight.profit?.profit;
  return (
    <Opening label={t`Profit`} tone={isLoss(amount ?? 0) ? 'bad' : undefined}
      figure={profit ? scoreText(profit, object, insight.currency) : formatAmount(amount ?? 0, insight.currency)} note={<Trans>last 12 months</Trans>}>
      <ProfitWhy object={object} insight={insight} />
    </Opening>
  );
}

function OfferCard({ insight, object }: CardProps) {
  const { t } = useLingui();
  const [first, ...others] = insight.next_offers ?? [];
  if (!first) return null;
  const more = others.length;
  return (
    <Opening label={t`Next offer`} figure={<bdi className={classes.offer}>{first.title}</bdi>} note={more > 0 && <Trans>and {more} more</Trans>}>
      <OfferWhy object={object} insight={insight} />
    </Opening>
  );
}
