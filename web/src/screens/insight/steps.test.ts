import { describe, expect, it } from 'vitest';
import { stepSeries, stepsOf } from './steps';

const gain = { revenue: 1000, cost_of_goods: 400, discounts: 50, returns: 150, cost_to_serve: 100, profit: 300 };
const loss = { ...gain, cost_to_serve: 500, profit: -100 };

describe('steps go down from revenue to profit, each from where the one before ended', () => {
  it.each([
    ['a gain', gain, [[0, 1000], [1000, 600], [600, 550], [550, 400], [400, 300], [0, 300]]],
    ['a loss', loss, [[0, 1000], [1000, 600], [600, 550], [550, 400], [400, -100], [0, -100]]],
    ['a cost that gives back', { ...gain, discounts: -50, profit: 400 }, [[0, 1000], [1000, 600], [600, 650], [650, 500], [500, 400], [0, 400]]],
  ])('%s', (_name, total, spans) => {
    expect(stepsOf(total).map((step) => [step.from, step.to])).toEqual(spans);
  });
});

// Bars of a loss were drawn from nought, beside the step before: the chart stacked each sign by itself.
describe('bars are drawn where their steps are', () => {
  it.each([['a gain', gain], ['a loss', loss]])('%s', (_name, total) => {
    const steps = stepsOf(total);
    const { below, height, stack } = stepSeries(steps);
    expect(stack).toEqual({ type: 'bar', stack: 'steps', stackStrategy: 'all' });
    steps.forEach((step, at) => {
      const from = below[at] ?? NaN;
      expect([from, from + (height[at] ?? NaN)]).toEqual([Math.min(step.from, step.to), Math.max(step.from, step.to)]);
    });
  });

  it('crosses nought by the cost that makes the loss', () => {
    const { below, height } = stepSeries(stepsOf(loss));
    expect([below[4], height[4], below[5], height[5]]).toEqual([-100, 500, -100, 100]);
  });
});
