import { IconCheck, IconMinus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useLingui } from '@lingui/react/macro';
import { isPerson, useCatalog } from '@/api/catalog';
import { formatInstant, formatPercent, formatRelative, formatRelativeDay } from '@/locale/format';
import { RecordMark } from '@/ui/RecordMark';
import { Tag } from './Tag';
import type { ShowProps } from './types';
import { choiceOf, isEmpty, isProgram, phoneGroups, valueText } from './values';
import classes from './show.module.css';

export function ShowText({ field, value, title }: ShowProps) {
  return <span dir="auto">{valueText(field, value, title)}</span>;
}

export function ShowPlain({ field, value }: ShowProps) {
  return <bdi className={classes.figures}>{valueText(field, value)}</bdi>;
}

// One decimal is as much as anyone steers by; all of them are a pointer away.
export function ShowPercent({ field, value }: ShowProps) {
  const exact = valueText(field, value);
  const number = Number(value);
  return <bdi className={classes.figures} title={exact}>{Number.isFinite(number) && !isEmpty(value) ? formatPercent(number.toFixed(1)) : exact}</bdi>;
}

export function ShowDate({ field, value }: ShowProps) {
  if (isEmpty(value)) return null;
  const exact = valueText(field, value);
  const relative = formatRelativeDay(String(value));
  return <time className={classes.figures} dateTime={String(value)} title={exact}>{relative}</time>;
}

export function ShowInstant({ value }: ShowProps) {
  if (isEmpty(value)) return null;
  const exact = formatInstant(String(value));
  return <time dateTime={String(value)} title={exact}>{formatRelative(String(value))}</time>;
}

export function ShowBoolean({ field, value }: ShowProps) {
  if (value === null || value === undefined) return null;
  const Icon = value ? IconCheck : IconMinus;
  return <span className={classes.with}><Icon size={14} aria-hidden className={classes.soft} />{valueText(field, value)}</span>;
}

export function ShowChoice({ field, value }: ShowProps) {
  if (isEmpty(value)) return null;
  const choice = choiceOf(field, value);
  // Colour is kept for the choices it says something of; the rest is quiet text.
  if (!choice?.color) return <span>{choice?.label ?? String(value)}</span>;
  return <Tag color={choice.color}>{choice.label}</Tag>;
}

export function ShowChoices({ field, value }: ShowProps) {
  if (!Array.isArray(value)) return null;
  return (
    <span className={classes.tags}>
      {value.map((one) => {
        const choice = choiceOf(field, one);
        return <Tag key={String(one)} color={choice?.color}>{choice?.label ?? String(one)}</Tag>;
      })}
    </span>
  );
}

export function ShowLink({ field, value, title, quiet }: ShowProps) {
  const { t } = useLingui();
  const object = useCatalog().named(field.link_to);
  if (isEmpty(value)) return null;
  const id = String(value);
  const name = title || (object && isPerson(object) ? t`Unknown customer` : id.slice(0, 8));
  const body = (
    <>
      {!object?.torrent && <RecordMark id={id} title={name} size={16} round={object?.person_field === 'id'} />}
      <bdi className={classes.ellipsis}>{name}</bdi>
    </>
  );
  if (quiet || !object) return <span className={classes.with}>{body}</span>;
  return <Link to="/$plural/$id" params={{ plural: object.plural, id }} className={`${classes.with} ${classes.link}`}>{body}</Link>;
}

export function ShowUser({ value, title }: ShowProps) {
  if (isEmpty(value)) return null;
  const name = isProgram(value) ? 'Rapport' : title || String(value).slice(0, 8);
  return (
    <span className={classes.with}>
      <RecordMark id={String(value)} title={name} size={16} />
      <bdi className={classes.ellipsis}>{name}</bdi>
    </span>
  );
}

export function ShowEmail({ value, quiet }: ShowProps) {
  if (isEmpty(value)) return null;
  const text = String(value);
  if (quiet) return <bdi>{text}</bdi>;
  // Where it does not fit in one line it breaks before the @, not within a word.
  const at = text.lastIndexOf('@');
  return <a className={classes.link} href={`mailto:${text}`}><bdi>{text.slice(0, at)}<wbr />{text.slice(at)}</bdi></a>;
}

export function ShowPhone({ value, quiet }: ShowProps) {
  if (isEmpty(value)) return null;
  const text = String(value);
  // The groups are set apart by space that is only drawn: what is copied is the number.
  const bdi = (
    <bdi dir="ltr" className={`${classes.figures} ${classes.phone}`}>
      {phoneGroups(text).map((group, at) => <span key={at}>{group}</span>)}
    </bdi>
  );
  return quiet ? bdi : <a className={classes.link} href={`tel:${text.replace(/\s/g, '')}`}>{bdi}</a>;
}

export function ShowUrl({ value, quiet }: ShowProps) {
  if (isEmpty(value)) return null;
  const text = String(value);
  const short = text.replace(/^https?:\/\/(www\.)?/, '').replace(/\/$/, '');
  // Whatever was stored, only the web is followed.
  if (quiet || !/^https?:\/\//.test(text)) return <bdi>{short}</bdi>;
  return <a className={classes.link} href={text} target="_blank" rel="noreferrer noopener"><bdi>{short}</bdi></a>;
}
