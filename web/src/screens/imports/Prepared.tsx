// A file that is read: what its columns mean, what it would do, and the start of it.
import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { importId, startImport } from '@/api/imports';
import { sentence } from '@/ui/toast';
import { FileView } from './FileView';
import { MappingView } from './MappingView';
import type { Draft } from './NewImportPage';
import { PreviewView, sentMapping, usePreview } from './PreviewView';
import classes from './imports.module.css';

export default function Prepared({ draft, onChange }: { draft: Draft; onChange: (draft: Draft) => void }) {
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
