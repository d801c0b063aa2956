import { describe, expect, it } from 'vitest';
import { MAX_HEIGHT, placeAfterScroll, rowWindow, scrollTopOf } from './window';

const ROW = 34;
const VIEW = 850;

describe('the window of drawn rows', () => {
  it.each([
    [0, 100_000, 0],
    [ROW * 50_000, 100_000, 49_992],
    [ROW * 99_980, 100_000, 99_972],
  ])('at %i of %i rows begins at row %i', (top, count, first) => {
    const drawn = rowWindow(top, top, VIEW, count, ROW);
    expect(drawn.first).toBe(first);
    expect(drawn.last - drawn.first).toBeLessThanOrEqual(60);
    expect(drawn.last).toBeLessThanOrEqual(count);
    expect(drawn.offset).toBe(first * ROW);
  });

  it('draws nothing of an empty list', () => {
    expect(rowWindow(0, 0, VIEW, 0, ROW)).toEqual({ first: 0, last: 0, offset: 0, height: 0 });
  });

  it('holds sixty rows on a tall screen, too', () => {
    const drawn = rowWindow(ROW * 500, ROW * 500, 1900, 100_000, ROW);
    expect(drawn.last - drawn.first).toBeLessThanOrEqual(60);
  });
});

describe('a list of ten million rows', () => {
  const whole = ROW * 10_000_000;

  it('is no higher than a browser draws', () => {
    expect(rowWindow(0, 0, VIEW, 10_000_000, ROW).height).toBe(MAX_HEIGHT);
  });

  it('moves row by row under the wheel', () => {
    expect(placeAfterScroll({ top: 5000 }, 100, 317, VIEW, whole)).toEqual({ top: 5100 });
  });

  it('reaches its end by the scrollbar', () => {
    expect(placeAfterScroll({ top: 0 }, MAX_HEIGHT, MAX_HEIGHT - VIEW, VIEW, whole).top).toBe(whole - VIEW);
  });

  it('comes to rest where the scrollbar says', () => {
    expect(scrollTopOf(whole - VIEW, VIEW, whole)).toBe(MAX_HEIGHT - VIEW);
    expect(scrollTopOf(0, VIEW, whole)).toBe(0);
  });
});
