// Does something a while after it was asked for. A stream of asking does not put it off: it is done at
// this pace as long as the stream lasts, and once more for what was asked while it waited.
export interface Pace {
  ask: () => void;
  stop: () => void;
}

export function atPace(wait: number, run: () => void): Pace {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again = false;
  const begin = () => {
    again = false;
    timer = setTimeout(() => {
      timer = undefined;
      if (again) begin();
      run();
    }, wait);
  };
  return {
    ask: () => {
      if (timer === undefined) begin();
      else again = true;
    },
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
