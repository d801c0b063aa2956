import { Trans, useLingui } from '@lingui/react/macro';
import { Tooltip } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { IconAlertCircle } from '@tabler/icons-react';
import { type Mapping, previewImport, type PreviewRow } from '@/api/imports';
import { formatInteger } from '@/locale/format';
import { Waiting } from '@/ui/Waiting';
import { withoutIdle } from './mapping';
import type { Draft } from './NewImportPage';
import classes from './imports.module.css';

const ASK_AFTER_MS = 350;

type Preview = UseQueryResult<{ rows: PreviewRow[] }>;

export function sentMapping(mapping: Mapping | string): Mapping | string {
  return typeof mapping === 'string' ? mapping : withoutIdle(mapping);
}

// What the mapping would make of the first rows; nothing is written.
export function usePreview(draft: Draft): Preview {
  const [mapping] = useDebouncedValue(draft.mapping, ASK_AFTER_MS);
  return useQuery({
    queryKey: ['import_preview', draft.file.file, mapping],
    queryFn: ({ signal }) => previewImport(draft.file.file, sentMapping(mapping), signal),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: Infinity,
  });
}

export function PreviewView({ draft, preview }: { draft: Draft; preview: Preview }) {
  const { t } = useLingui();
  const rows = preview.data?.rows ?? draft.file.rows.map((cells, at): PreviewRow => ({ row: at + 1, cells, problems: [], outcome: '' }));
  const columns = draft.file.columns.map((one) => one.name);
  return (
    <section className={classes.block}>
      <h2><Trans>3. What it would do</Trans></h2>
      {preview.isPending && !preview.data && <Waiting />}
      <div className={classes.previewBox} tabIndex={0} role="region" aria-label={t`First rows`} aria-busy={preview.isFetching}>
        <table className={classes.preview}>
          <thead><tr><th><Trans>Row</Trans></th>{columns.map((name) => <th key={name}><bdi>{name}</bdi></th>)}</tr></thead>
          <tbody>{rows.slice(0, 100).map((row) => <Line key={row.row} row={row} columns={columns} />)}</tbody>
        </table>
      </div>
    </section>
  );
}

function Line({ row, columns }: { row: PreviewRow; columns: string[] }) {
  const whole = row.problems.filter((problem) => !columns.includes(problem.column));
  return (
    <tr data-bad={row.problems.length > 0 || undefined}>
      <td>
        {formatInteger(row.row)}
        {whole.length > 0 && <Mark reasons={whole.map((one) => one.reason)} />}
      </td>
      {columns.map((name, at) => {
        const reasons = row.problems.filter((problem) => problem.column === name).map((one) => one.reason);
        return (
          <td key={name} data-bad={reasons.length > 0 || undefined}>
            <bdi>{row.cells[at]}</bdi>
            {reasons.length > 0 && <Mark reasons={reasons} />}
          </td>
        );
      })}
    </tr>
  );
}

function Mark({ reasons }: { reasons: string[] }) {
  const said = reasons.join(' ');
  return (
    <Tooltip label={said} multiline maw={320} openDelay={0}>
      <span className={classes.mark} tabIndex={0} role="note" aria-label={said}><IconAlertCircle size={14} aria-hidden /></span>
    </Tooltip>
  );
}
