import { Trans, useLingui } from '@lingui/react/macro';
import { Checkbox, NativeSelect } from '@mantine/core';
import { formatBytes, formatInteger } from '@/locale/format';
import type { Mapping } from '@/api/imports';
import { readLocally } from './local';
import type { Draft } from './NewImportPage';
import classes from './imports.module.css';

const ENCODINGS = ['UTF-8', 'UTF-16LE', 'UTF-16BE', 'CP1252', 'ISO-8859-1'];

// How the file was read; what was recognised wrongly is put right here.
export function FileView({ draft, onChange }: { draft: Draft; onChange: (draft: Draft) => void }) {
  const { t } = useLingui();
  const { file, mapping } = draft;
  const delimiters = [
    { value: 'comma', label: t`Comma` }, { value: 'semicolon', label: t`Semicolon` }, { value: 'tab', label: t`Tab` },
    { value: 'bar', label: t`Bar` }, { value: 'whitespace', label: t`Spaces` },
  ];
  const set = async (change: Partial<{ encoding: string; delimiter: string; header: boolean }>) => {
    const dialect = { encoding: file.encoding, delimiter: delimiterName(file.delimiter), header: file.header, ...change };
    const read = await readLocally(draft.local, dialect);
    const stated: Mapping | string = typeof mapping === 'string' ? mapping : { ...mapping, file: { ...mapping.file, ...dialect } };
    onChange({ ...draft, file: { ...file, ...dialect, ...read }, mapping: stated });
  };
  const rows = file.rows_estimated;
  const size = formatBytes(file.bytes);
  return (
    <section className={classes.block}>
      <h2><Trans>1. The file</Trans></h2>
      <div className={classes.dialect}>
        <NativeSelect label={t`Delimiter`} value={delimiterName(file.delimiter)} data={delimiters}
          onChange={(event) => void set({ delimiter: event.target.value })} />
        <NativeSelect label={t`Encoding`} value={file.encoding} data={[...new Set([file.encoding, ...ENCODINGS])]}
          onChange={(event) => void set({ encoding: event.target.value })} />
        <Checkbox label={t`The first row names the columns`} checked={file.header}
          onChange={(event) => void set({ header: event.target.checked })} />
        <p className={classes.note}>
          {rows ? <Trans>{size}, about {formatInteger(rows)} rows, {file.columns.length} columns</Trans> : <Trans>{size}, {file.columns.length} columns</Trans>}
        </p>
      </div>
    </section>
  );
}

const SIGNS: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar', ' ': 'whitespace' };

function delimiterName(delimiter: string): string {
  return SIGNS[delimiter] ?? delimiter;
}
