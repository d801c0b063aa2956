// From a file to an import: drop it, see how it was read, say what its columns mean, look at what it
// would do, start it.
import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { IconCloudUpload } from '@tabler/icons-react';
import { type DragEvent, lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useCatalog, useMayImport } from '@/api/catalog';
import { type ImportFile, type Mapping, sendFile } from '@/api/imports';
import { Crumb, Page } from '@/ui/Page';
import { sentence } from '@/ui/toast';
import { NotFound } from '@/ui/NotFound';
import { Waiting } from '@/ui/Waiting';
import { setMain } from './mapping';
import classes from './imports.module.css';

// What a file needs comes with the file.
const Prepared = lazy(() => import('./Prepared'));

export interface Draft {
  local: File;
  file: ImportFile;
  // A tree the table can edit, or the text of one.
  mapping: Mapping | string;
}

export default function NewImportPage() {
  const { t } = useLingui();
  const [draft, setDraft] = useState<Draft>();
  const may = useMayImport();
  useEffect(() => {
    document.title = `${t`New import`} · Rapport`;
  }, [t]);
  if (!may) return <NotFound />;
  return (
    <Page
      heading={<><Crumb to="/imports"><Trans>Imports</Trans></Crumb>{draft ? <bdi>{draft.file.name}</bdi> : <Trans>New import</Trans>}</>}
      action={draft && <Button variant="subtle" color="gray" onClick={() => setDraft(undefined)}><Trans>Another file</Trans></Button>}
    >
      {draft ? (
        <Suspense fallback={<Waiting />}><Prepared key={draft.file.file} draft={draft} onChange={setDraft} /></Suspense>
      ) : (
        <Drop onDraft={setDraft} />
      )}
    </Page>
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
