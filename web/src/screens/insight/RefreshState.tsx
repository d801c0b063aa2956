// When the figures were last brought up to date, and the way to do it now.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader } from '@mantine/core';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconRefresh } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { Problem } from '@/api/client';
import { insightKeys, readRefresh, type Refresh, startRefresh } from '@/api/insight';
import { useUser } from '@/api/session';
import { formatInstant, formatNumber, formatRelative } from '@/locale/format';
import { personsText } from '@/locale/words';
import { say, sayProblem, sentence } from '@/ui/toast';
import classes from './InsightPage.module.css';

const POLL_MS = 1000;
// A job that was asked for and has not been taken up yet.
const TAKEN_UP_MS = 15_000;

export const refreshKey = ['insight-refresh'];

export function isRefreshing(state: Refresh['state'] | undefined): boolean {
  return state === 'waiting' || state === 'running';
}

export const refreshQuery = queryOptions({
  queryKey: refreshKey,
  queryFn: async ({ signal }): Promise<Refresh> => {
    try {
      return (await readRefresh(signal)) ?? { state: 'none' };
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return { state: 'none' };
      throw error;
    }
  },
});

export function useRefresh() {
  const client = useQueryClient();
  const [asked, setAsked] = useState<{ after: string | null; at: number }>();
  const latest = useQuery({
    ...refreshQuery,
    refetchInterval: (query) => (asked || isRefreshing(query.state.data?.state) ? POLL_MS : false),
  });
  const { data } = latest;
  const running = isRefreshing(data?.state) || Boolean(asked);
  useEffect(() => {
    if (!asked || !data) return;
    const other = (data.finished_at ?? null) !== asked.after && !isRefreshing(data.state);
    if (other || Date.now() - asked.at > TAKEN_UP_MS) setAsked(undefined);
  }, [asked, data, latest.dataUpdatedAt]);
  const before = useRef(data?.finished_at);
  useEffect(() => {
    if (before.current !== undefined && data?.finished_at && before.current !== data.finished_at) {
      void client.invalidateQueries({ queryKey: insightKeys.all });
      void client.invalidateQueries({ queryKey: ['records'] });
    }
    if (data) before.current = data.finished_at ?? null;
  }, [client, data]);
  const start = () => {
    setAsked({ after: data?.finished_at ?? null, at: Date.now() });
    startRefresh().then(() => latest.refetch()).catch((error: unknown) => {
      setAsked(undefined);
      sayProblem(error);
    });
  };
  return { latest: data, error: latest.error, running, start };
}

// Readers look; to recompute is for those who may write.
export function useMayRefresh(): boolean {
  return useUser().role !== 'reader';
}

export function RefreshState() {
  const { t } = useLingui();
  const may = useMayRefresh();
  const { latest, error, running, start } = useRefresh();
  const was = useRef(running);
  useEffect(() => {
    if (was.current && !running && latest?.state === 'done') say(t`The figures are up to date.`);
    was.current = running;
  }, [running, latest, t]);
  const persons = personsText(latest?.persons ?? 0);
  const seconds = formatNumber(latest?.seconds ?? 0, 1);
  return (
    <div className={classes.refresh} role="status">
      {error && !running && <span className={classes.bad} title={sentence(error)}><Trans>When they were refreshed cannot be read</Trans></span>}
      {running && <><Loader size={12} color="gray" /><span><Trans>Bringing the figures up to date</Trans></span></>}
      {!running && !error && latest?.state === 'failed' && <span className={classes.bad} title={latest.problem ?? ''}><Trans>The last refresh failed</Trans></span>}
      {!running && !error && latest?.state === 'done' && latest.finished_at && (
        <span title={t`${formatInstant(latest.finished_at)}: ${persons} in ${seconds} s`}>
          <Trans>As of {formatRelative(latest.finished_at)}</Trans>
        </span>
      )}
      {may && !running && (latest || error) && (
        <Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconRefresh size={14} stroke={1.7} />} onClick={start}><Trans>Refresh</Trans></Button>
      )}
    </div>
  );
}
