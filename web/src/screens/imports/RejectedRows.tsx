// The first rows that were left out, and why: most files are wrong in one way only, seen at once.
import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { readBeginning } from '@/api/imports';
import { type RejectedRow, rejectedRows } from './rejected';
import classes from './imports.module.css';

const BEGINNING_BYTES = 32 * 1024;
const SHOWN = 10;

export function RejectedRows({ file }: { file: string }) {
  const { t } = useLingui();
  const rows = useQuery({
    queryKey: ['rejected', file],
    queryFn: async ({ signal }): Promise<RejectedRow[]> => {
      const [text, { default: Papa }] = await Promise.all([readBeginning(file, BEGINNING_BYTES, signal), import('papaparse')]);
      return rejectedRows(Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data, SHOWN);
    },
    staleTime: Infinity,
  });
  if (!rows.data?.length) return null;
  return (
    <div className={`${classes.previewBox} ${classes.rejected}`} tabIndex={0} role="region" aria-label={t`First rejected rows`}>
      <table className={classes.preview}>
        <thead><tr><th><Trans>Row</Trans></th><th><Trans>Column</Trans></th><th><Trans>In the file</Trans></th><th><Trans>Reason</Trans></th></tr></thead>
        <tbody>
          {rows.data.map((one) => (
            <tr key={one.row}>
              <td>{one.row}</td><td><bdi>{one.column}</bdi></td><td><bdi>{one.value}</bdi></td><td className={classes.reason}>{one.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
