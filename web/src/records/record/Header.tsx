import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { IconChevronDown, IconChevronRight, IconChevronUp, IconCopy, IconDots, IconLock, IconTrash, IconTrashOff } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { fieldOf, isPerson } from '@/api/catalog';
import { useUser } from '@/api/session';
import type { ObjectType, RecordData } from '@/api/wire';
import { formatInteger } from '@/locale/format';
import { DropMenu } from '@/ui/DropMenu';
import { RecordMark } from '@/ui/RecordMark';
import { say } from '@/ui/toast';
import { listSearchOf } from '../trail';
import { InlineField } from './InlineField';
import type { Bin } from './RecordPage';
import type { Steps } from './steps';
import classes from './Header.module.css';

const PasswordDialog = lazy(() => import('./PasswordDialog'));
// The one type whose records sign in.
const USER = 'user';

interface Props {
  object: ObjectType;
  record: RecordData;
  title: string;
  steps: Steps;
  bin: Bin;
}

export function Header({ object, record, title, steps, bin }: Props) {
  const highlights = (object.page?.highlights ?? []).flatMap((name) => fieldOf(object, name) ?? []);
  return (
    <header className={classes.header}>
      <div className={classes.line}>
        <nav className={classes.crumbs} aria-label={object.label.many}>
          <Link to="/$plural" params={{ plural: object.plural }} search={listSearchOf(object.plural)}>{object.label.many}</Link>
          <IconChevronRight size={14} aria-hidden className={classes.arrow} />
        </nav>
        {!object.torrent && <RecordMark id={record.id} title={title} round={isPerson(object)} size={24} />}
        <h1 className={classes.title} dir="auto">{title}</h1>
        <span className={classes.space} />
        <StepButtons steps={steps} />
        <MoreMenu object={object} record={record} title={title} bin={bin} />
      </div>
      {highlights.length > 0 && (
        <dl className={classes.highlights}>
          {highlights.map((field) => (
            <div key={field.name}>
              <dt>{field.label}</dt>
              <dd><InlineField object={object} record={record} field={field} quiet /></dd>
            </div>
          ))}
        </dl>
      )}
    </header>
  );
}

function StepButtons({ steps }: { steps: Steps }) {
  const { t } = useLingui();
  if (!steps.place) return null;
  const at = formatInteger(steps.place.at);
  const of = formatInteger(steps.place.of);
  return (
    <div className={classes.steps}>
      <span className={classes.place}><Trans>{at} of {of}</Trans></span>
      <ActionIcon aria-label={t`Previous in the list`} title={t`Previous in the list`} disabled={!steps.previous} onClick={steps.previous}>
        <IconChevronUp size={16} />
      </ActionIcon>
      <ActionIcon aria-label={t`Next in the list`} title={t`Next in the list`} disabled={!steps.next} onClick={steps.next}>
        <IconChevronDown size={16} />
      </ActionIcon>
    </div>
  );
}

function MoreMenu({ object, record, title, bin }: { object: ObjectType; record: RecordData; title: string; bin: Bin }) {
  const { t } = useLingui();
  const { role } = useUser();
  const [password, setPassword] = useState(false);
  return (
    <>
      {password && <Suspense fallback={null}><PasswordDialog user={record.id} title={title} onClose={() => setPassword(false)} /></Suspense>}
      <DropMenu
        target={<ActionIcon aria-label={t`More`}><IconDots size={17} /></ActionIcon>}
        entries={[
          { label: t`Copy the id`, icon: <IconCopy size={15} />, onClick: () => void navigator.clipboard.writeText(record.id).then(() => say(t`Id copied.`)) },
          object.name === USER && role === 'administrator' && { label: t`Set a password`, icon: <IconLock size={15} />, onClick: () => setPassword(true) },
          object.may.remove && 'line',
          object.may.remove && !bin.removed && { label: t`Move to the bin`, icon: <IconTrash size={15} />, danger: true, onClick: bin.remove },
          object.may.remove && bin.removed && { label: t`Restore from the bin`, icon: <IconTrashOff size={15} />, onClick: bin.restore },
        ]}
      />
    </>
  );
}
