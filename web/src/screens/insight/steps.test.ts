import { expect, it } from 'vitest';
import { stepsOf } from './steps';

const total = { revenue: 1000, cost_of_goods: 400, discounts: 50, returns: 150, cost_to_serve: 500, profit: -100 };

it('goes down from revenue to profit, each step where the one before ended', () => {
  expect(stepsOf(total).map((step) => [step.key, step.below, step.height])).toEqual([
    ['revenue', 0, 1000], ['cost_of_goods', 600, 400], ['discounts', 550, 50], ['returns', 400, 150],
    ['cost_to_serve', -100, 500], ['profit', 0, -100],
  ]);
});

it('goes down by costs that are told as negative amounts, too', () => {
  expect(stepsOf({ ...total, cost_of_goods: -400, returns: -150 })).toEqual(stepsOf(total));
});
