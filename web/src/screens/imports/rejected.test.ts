import { describe, expect, it } from 'vitest';
import { rejectedRows } from './rejected';

const line = {
  Mail: 'nobody', Born: '1990-02-30', rapport_rejected: 'rapport_rejected:01a1:4', rapport_column: 'Mail; Born', rapport_reason: 'Not an address.',
};

describe('rejected rows', () => {
  it('are told by their place in the file, what stood there and why', () => {
    expect(rejectedRows([line], 10)).toEqual([{ row: '4', column: 'Mail, Born', value: 'nobody, 1990-02-30', reason: 'Not an address.' }]);
  });

  it('leave out the line that was cut off, and what is too many', () => {
    expect(rejectedRows([line, line, { Mail: 'cut' }], 10)).toHaveLength(2);
    expect(rejectedRows([line, line], 1)).toHaveLength(1);
  });
});
