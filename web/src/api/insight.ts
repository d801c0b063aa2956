// Figures of what customers are worth, the models behind them, and one customer's scores. Amounts are
// plain numbers in the answer's currency, shares are 0..1; every mark opens the list it counts.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { address, call, type Query } from './client';

// The list behind a mark: a condition, or a set that only the server can resolve.
export interface Opening {
  plural: string;
  where?: string;
  set?: string;
}

export interface Mark {
  count: number;
  open?: Opening | null;
}

export type Subject = 'person' | 'company';

export interface Filters extends Query {
  from?: string | undefined;
  until?: string | undefined;
  subject?: string | undefined;
  product?: string | undefined;
  country?: string | undefined;
}

export interface Figure {
  as_of?: string | null;
  currency?: string | null;
  subject?: Subject;
  // What was asked of the figure itself: what it tells is named by these, not by the next wish.
  by?: string;
  period?: string;
  measure?: string;
}

export interface ValueFigure extends Figure {
  count: number;
  total: number;
  mean: number | null;
  median: number | null;
  bins: (Mark & { from: number; to: number | null; sum: number })[];
}

export interface WhaleFigure extends Figure {
  // Why there is no curve, where there is none.
  note?: string;
  points: { share: number; cumulative: number; count: number }[];
  peak?: { share: number; percent: number } | null;
  negative?: (Mark & { sum: number }) | null;
  // 0..100, as the peak's.
  shares: { best: number; percent: number; count?: number; sum?: number; open?: Opening | null }[];
}

export interface RfmFigure extends Figure {
  cells: (Mark & { recency: number; frequency: number; sum: number; mean: number })[];
  bounds?: { recency?: (number | string)[]; frequency?: (number | string)[]; money?: (number | string)[] } | null;
}

export interface CohortCell extends Mark {
  offset: number;
  period: string;
  share: number;
  sum: number;
}

export interface CohortsFigure extends Figure {
  cohorts: { period: string; size: number; open?: Opening | null; cells: CohortCell[] }[];
}

export const MOVES = ['new', 'retained', 'won_back', 'defected'] as const;
export type Move = (typeof MOVES)[number];

export interface RetentionFigure extends Figure {
  periods: (Record<Move, number> & {
    period: string;
    active: number;
    retention: number | null;
    open?: Partial<Record<Move | 'active', Opening | null>> | null;
  })[];
  reasons: { code: string; text: string; count: number; open?: Opening | null }[];
}

export interface AliveFigure extends Figure {
  cells: (Mark & { alive_from: number; alive_to: number; value_from: number; value_to: number | null; sum: number })[];
  points: { id: string; title: string; alive: number; value: number }[];
}

export type Level = 'low' | 'high';

export interface TwoByTwoFigure extends Figure {
  bounds: { current: number; future: number } | null;
  cells: (Mark & { current: Level; future: Level; current_sum: number; future_sum: number })[];
}

export interface ProfitParts {
  revenue: number;
  cost_of_goods: number;
  discounts: number;
  returns: number;
  cost_to_serve: number;
  profit: number;
}

export interface Pool {
  channel: string;
  month: string;
  cost: number;
  used_minutes: number;
  capacity_minutes: number;
  unused_cost: number;
  note?: string | null;
}

export interface ProfitabilityFigure extends Figure {
  rows: (Partial<Mark> & ProfitParts & { key: string; label: string })[];
  total: ProfitParts;
  // Who was served and never bought: part of the rows and the total, and no customer.
  without_orders?: ProfitParts & Mark;
  pools: Pool[];
}

export interface NextOffersFigure extends Figure {
  products: (Mark & { product: string; title: string; mean_lift: number | null })[];
}

export type ModelState = 'in_use' | 'candidate' | 'retired' | 'refused';

// How a model of leaving did on customers it had not seen.
export interface Judged {
  customers: number;
  area: number;
  log_loss: number;
  base_log_loss: number;
  calibration_error: number;
  rival?: { kind: string; alive_area: number; expected_area: number } | null;
}

// What the list of models tells of each.
export interface ModelSummary {
  id: string;
  kind: string;
  label?: string;
  state: ModelState;
  fitted_at: string;
  // When someone put it in use; none where it came into use by itself.
  adopted_at?: string | null;
  data?: { from?: string | null; until?: string | null; customers?: number; orders?: number } | null;
  log_likelihood?: number | null;
  holdout_error?: number | null;
  // Of a model of leaving: the days within which who leaves buys nothing.
  horizon?: number | null;
  note?: string | null;
}

export interface Model extends ModelSummary {
  parameters?: { name: string; value: number; error?: number | null }[];
  // `fitted_until`: the last day known to the fit that was judged, where another one is kept.
  holdout?: { from?: string | null; until?: string | null; fitted_until?: string | null; actual: number; predicted: number; error: number } & Partial<Judged> | null;
  fit?: {
    purchases?: { purchases: number; actual: number; expected: number }[];
    weekly?: { week: number | string; actual: number; expected: number }[];
    // Shares of one, by tenths of what was predicted.
    calibration?: { from: number; customers: number; predicted: number; actual: number }[];
    // Customers by what a purchase comes to, and what it came to in the hold-out by what was expected.
    amounts?: { from: number; actual: number; expected: number }[];
    spending?: { customers: number; actual: number; expected: number }[];
    currency?: string;
  } | null;
  drift?: { input: string; psi: number; level?: string }[] | null;
}

export interface Refresh {
  state: 'none' | 'waiting' | 'running' | 'done' | 'failed';
  started_at?: string | null;
  finished_at?: string | null;
  persons?: number | null;
  seconds?: number | null;
  problem?: string | null;
  // Why the last fits left some family of models without a new one.
  notes?: string[];
}

export interface Reason {
  code?: string;
  text: string;
  weight?: number | null;
}

// Percentages come as shares of one here, other than in a record's fields.
export interface Score {
  name: string;
  label: string;
  type: string;
  value: unknown;
  as_of?: string | null;
  model?: string | null;
  horizon?: number | null;
  reasons?: Reason[];
  history?: { as_of: string; value: unknown }[];
}

export interface Course {
  at: string;
  cumulative: number;
}

export interface Purchases {
  actual: Course[];
  expected: Course[];
  known_until?: string;
}

export interface RecordInsight extends Figure {
  scores: Score[];
  // Expected of a new customer up to the day until which purchases are known, from then on of this one.
  purchases?: Purchases | null;
  next_offers?: { product: string; title: string; reasons?: Reason[]; support?: number | null; lift?: number | null }[];
  profit?: (ProfitParts & { currency?: string; channels?: { channel: string; label?: string; minutes: number; cost: number }[] }) | null;
}

export const insightKeys = { all: ['insight'] as const };

export type Wish = Partial<Record<'by' | 'period' | 'measure', string>>;

export function figureQuery<T extends Figure>(name: string, filters: Filters, wish: Wish = {}) {
  const query = { ...filters, ...wish };
  return queryOptions({
    queryKey: [...insightKeys.all, name, query],
    queryFn: async ({ signal }): Promise<T> => ({ ...wish, ...(await call<T>(`insight/${name}`, { query, signal })) }),
    staleTime: 60_000,
  });
}

// Where customers live, most first.
export function countriesQuery(subject: Subject) {
  return queryOptions({
    queryKey: [...insightKeys.all, 'countries', subject],
    queryFn: async ({ signal }) =>
      (await call<{ countries: { country: string; count: number }[] }>('insight/countries', { query: { subject }, signal })).countries,
    staleTime: 5 * 60_000,
  });
}

export function figureFile(name: string, filters: Filters): string {
  return address(`insight/${name}`, { ...filters, format: 'csv' });
}

// Those in use stand on the first page, whatever their age.
export const modelsQuery = infiniteQueryOptions({
  queryKey: [...insightKeys.all, 'models'],
  queryFn: ({ pageParam, signal }) =>
    call<{ data: ModelSummary[]; page: { after?: string | null } }>('insight/models', { query: { ...(pageParam && { after: pageParam }) }, signal }),
  initialPageParam: '',
  getNextPageParam: (last) => last.page.after || undefined,
});

export function modelQuery(id: string) {
  return queryOptions({
    queryKey: [...insightKeys.all, 'model', id],
    queryFn: ({ signal }) => call<Model & Figure>(`insight/models/${id}`, { signal }),
  });
}

export function adoptModel(id: string): Promise<Model> {
  return call(`insight/models/${id}/adoption`, { method: 'POST' });
}

export const FIT_KINDS = ['auto', 'bg_nbd', 'pareto_nbd', 'mbg_nbd', 'gamma_gamma', 'churn'] as const;
export type FitKind = (typeof FIT_KINDS)[number];

export function startFit(model: FitKind): Promise<{ job: string }> {
  return call('insight/fits', { method: 'POST', body: { model } });
}

// How a fit goes that was asked for, and why there is none where it was refused.
export interface Fit {
  state: 'none' | 'waiting' | 'running' | 'done' | 'refused' | 'failed';
  job?: string;
  model?: FitKind;
  asked_at?: string;
  finished_at?: string | null;
  problem?: string | null;
}

export function fitQuery(job: string | undefined) {
  return queryOptions({
    queryKey: [...insightKeys.all, 'fits', job ?? 'latest'],
    queryFn: ({ signal }) => call<Fit>(`insight/fits/${job ?? 'latest'}`, { signal }),
  });
}

export function startRefresh(): Promise<{ job: string }> {
  return call('insight/refreshes', { method: 'POST' });
}

export function readRefresh(signal?: AbortSignal): Promise<Refresh> {
  return call('insight/refreshes/latest', { ...(signal && { signal }) });
}

export function recordInsightQuery(plural: string, id: string) {
  return queryOptions({
    queryKey: [...insightKeys.all, 'record', plural, id],
    queryFn: async ({ signal }) => {
      const told = await call<RecordInsight>(`insight/${plural}/${id}`, { signal });
      return { ...told, currency: told.currency ?? told.profit?.currency, as_of: told.as_of ?? told.scores[0]?.as_of };
    },
    staleTime: 30_000,
  });
}
