// A share of the longest, as a bar. The figure itself stands beside it for those who read.
import classes from './bar.module.css';

export function Bar({ share, bad }: { share: number; bad?: boolean }) {
  const length = Math.min(1, Math.max(0, share)) * 100;
  return <span className={classes.bar} data-bad={bad || undefined} aria-hidden><i style={{ inlineSize: `${length}%` }} /></span>;
}

export { classes as barClasses };
