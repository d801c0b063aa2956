// Amounts of things, in words: one place for what many screens count.
import { plural } from '@lingui/core/macro';

export function customersText(count: number): string {
  return plural(count, { one: '# customer', other: '# customers' });
}

export function ordersText(count: number): string {
  return plural(count, { one: '# order', other: '# orders' });
}

export function personsText(count: number): string {
  return plural(count, { one: '# person', other: '# persons' });
}

export function daysText(count: number): string {
  return plural(count, { one: '# day', other: '# days' });
}
