// From a file to an import: drop it, see how it was read, say what its columns mean, look at what it
// would do, start it.
import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { IconChevronRight, IconCloudUpload } from '@tabler/icons-react';
import { type DragEvent, useEffect, useRef, useState } from 'react';
import { useCatalog } from '@/api/catalog';
import { importId, type ImportFile, type Mapping, sendFile, startImport } from '@/api/imports';
import { sentence } from '@/ui/toast';
import { FileView } from './FileView';
import { MappingView } from './MappingView';
import { PreviewView, sentMapping, usePreview } from './PreviewView';
import { setMain } from './mapping';
import classes from './imports.module.css';

export interface Draft {
  local: File;
  file: ImportFile;
  // A tree the table can edit, or the text of one.
  mapping: Mapping | string;
}

export default function NewImportPage() {
  const { t } = useLingui();
  const [draft, setDraft] = useState<Draft>();
  useEffect(() => {
    document.title = `${t`New import`} · Rapport`;
  }, [t]);
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <h1>
          <Link to="/imports" className={classes.crumb ?? ''}><Trans>Imports</Trans></Link>
          <IconChevronRight size={14} aria-hidden />
          {draft ? <bdi>{draft.file.name}</bdi> : <Trans>New import</Trans>}
        </h1>
        {draft && <Button variant="subtle" color="gray" onClick={() => setDraft(undefined)}><Trans>Another file</Trans></Button>}
      </header>
      {draft ? <Prepared key={draft.file.file} draft={draft} onChange={setDraft} /> : <Drop onDraft={setDraft} />}
    </div>
  );
}

function Drop({ onDraft }: { onDraft: (draft: Draft) => void }) {
  const { t } = useLingui();
  const catalog = useCatalog();
  const { object } = useSearch({ strict: false }) as { object?: string };
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const take = async (local: File | undefined) => {
    if (!local) return;
    setBusy(true);
    setProblem('');
    try {
      const file = await sendFile(local);
      const suggested = file.suggested_mapping ?? { objects: [] };
      const mapping = object && suggested.objects.length === 0 ? setMain(suggested, object, catalog) : suggested;
      onDraft({ local, file, mapping });
    } catch (error) {
      setProblem(sentence(error));
    }
    setBusy(false);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };
  return (
    <div className={classes.scroller}>
      <div className={classes.column}>
        <div className={classes.drop} data-over={over || undefined} onDrop={onDrop}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}>
          <IconCloudUpload size={28} stroke={1.4} aria-hidden />
          <p><b><Trans>Drop a CSV file here</Trans></b></p>
          <p className={classes.note}><Trans>Delimiter, encoding and header are recognised. Nothing is written until you say so.</Trans></p>
          <input ref={input} type="file" accept=".csv,.txt,.tsv,text/csv,text/plain" hidden aria-label={t`Choose a file`}
            onChange={(event) => void take(event.target.files?.[0])} />
          <Button loading={busy} onClick={() => input.current?.click()}><Trans>Choose a file</Trans></Button>
        </div>
        {problem && <Alert color="red" variant="light" role="alert">{problem}</Alert>}
      </div>
    </div>
  );
}

function Prepared({ draft, onChange }: { draft: Draft; onChange: (draft: Draft) => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const preview = usePreview(draft);
  const rejected = preview.data?.rows.filter((row) => row.problems.length > 0).length ?? 0;
  const start = async () => {
    setBusy(true);
    setProblem('');
    try {
      const started = await startImport(draft.file.file, sentMapping(draft.mapping));
      await client.invalidateQueries({ queryKey: ['imports'] });
      await navigate({ to: '/imports/$id', params: { id: importId(started) } });
    } catch (error) {
      setProblem(sentence(error));
      setBusy(false);
    }
  };
  return (
    <>
      <div className={classes.scroller}>
        <div className={classes.wide}>
          <FileView draft={draft} onChange={onChange} />
          <MappingView draft={draft} onChange={onChange} problem={preview.error} />
          <PreviewView draft={draft} preview={preview} />
        </div>
      </div>
      <footer className={classes.foot}>
        <span role="alert" className={classes.problem}>{problem}</span>
        <span className={classes.note}>
          {preview.data && (rejected > 0 ? <Trans>{rejected} of the first {preview.data.rows.length} rows would be rejected.</Trans> : <Trans>The first {preview.data.rows.length} rows are accepted.</Trans>)}
        </span>
        <Button loading={busy} disabled={Boolean(preview.error) || preview.isPending} onClick={() => void start()}><Trans>Start the import</Trans></Button>
      </footer>
    </>
  );
}
