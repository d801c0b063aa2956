import { useLingui } from '@lingui/react/macro';
import { SegmentedControl } from '@mantine/core';
import { useOwnChoice } from './filters';
import { type Period, PERIODS } from './periods';

export function PeriodChoice() {
  const { t } = useLingui();
  const [period, setPeriod] = useOwnChoice('period', PERIODS);
  return (
    <SegmentedControl size="xs" value={period} aria-label={t`Period`} onChange={(next) => setPeriod(next as Period)}
      data={[{ value: 'month', label: t`Months` }, { value: 'quarter', label: t`Quarters` }]} />
  );
}
