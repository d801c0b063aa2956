// A small mark beside a record's name: two letters on a colour that follows from its id, so that a
// record is known again at a glance. The pairs hold 4.5 : 1 in both schemes.
import classes from './RecordMark.module.css';

const TINTS = 8;

export function RecordMark({ id, title, round = true, size = 20 }: {
  id: string;
  title: string;
  round?: boolean;
  size?: number;
}) {
  return (
    <span
      aria-hidden
      className={classes.mark}
      data-tint={tintOf(id)}
      style={{ inlineSize: size, blockSize: size, fontSize: size * 0.42, borderRadius: round ? '50%' : size * 0.26 }}
    >
      {initials(title)}
    </span>
  );
}

export function tintOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return sum % TINTS;
}

export function initials(title: string): string {
  const words = title.trim().split(/[\s·,.-]+/).filter((word) => /\p{L}|\p{N}/u.test(word));
  const first = [...(words[0] ?? '?')][0] ?? '?';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toLocaleUpperCase();
}
