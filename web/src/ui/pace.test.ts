import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { atPace } from './pace';

const WAIT = 1500;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('what is asked for is done a while later, and not put off by more asking', () => {
  // Scores of the customer at hand were read after a pause of all news, and under load there is none.
  it.each([
    ['one asking', [0], 10_000, 1],
    ['two close together, the second a while after it too', [0, 400], 10_000, 2],
    ['many close together', [0, 200, 400, 600], 10_000, 2],
    ['two apart', [0, 2000], 10_000, 2],
    ['none', [], 10_000, 0],
    ['a stream without a pause', Array.from({ length: 100 }, (_, at) => at * 100), 9900, 6],
  ] as const)('%s', (_name, askings, until, times) => {
    const run = vi.fn();
    const pace = atPace(WAIT, run);
    for (let now = 0; now <= until; now += 100) {
      if ((askings as readonly number[]).includes(now)) pace.ask();
      vi.advanceTimersByTime(100);
    }
    expect(run).toHaveBeenCalledTimes(times);
  });

  it('is not done once it is stopped', () => {
    const run = vi.fn();
    const pace = atPace(WAIT, run);
    pace.ask();
    pace.stop();
    vi.advanceTimersByTime(WAIT * 2);
    expect(run).not.toHaveBeenCalled();
  });
});
