import { spell } from './keyboard';
import classes from './Keys.module.css';

export function Keys({ keys }: { keys: string }) {
  return (
    <span className={classes.keys}>
      {spell(keys).map((key, index) => <kbd key={index}>{key}</kbd>)}
    </span>
  );
}
