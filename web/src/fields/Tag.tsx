// A choice as a small coloured mark. Colours come from object files by name; each pair of ground and
// text holds 4.5 : 1 in both schemes.
import type { ReactNode } from 'react';
import classes from './Tag.module.css';

export function Tag({ color, children }: { color?: string | undefined; children: ReactNode }) {
  return <span className={classes.tag} data-color={color || 'gray'}><span className={classes.dot} aria-hidden />{children}</span>;
}
