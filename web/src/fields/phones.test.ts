import { describe, expect, it } from 'vitest';
import { isProgram, phoneGroups } from './values';

describe('a phone number is read in groups', () => {
  it.each([
    ['+34112000201', '+34 112 000 201'],
    ['+14155550132', '+1 415 555 0132'],
    ['+4310982634', '+43 109 826 34'],
    ['+353861234567', '+353 861 234 567'],
    ['0664 5550102', '0664 5550102'],
    ['ext. 12', 'ext. 12'],
  ])('%s', (phone, grouped) => {
    expect(phoneGroups(phone).join(' ')).toBe(grouped);
  });

  it('loses no figure', () => {
    expect(phoneGroups('+498999998100').join('')).toBe('+498999998100');
  });
});

describe('the program is told from users', () => {
  it('by an id of noughts', () => {
    expect(isProgram('00000000-0000-0000-0000-000000000000')).toBe(true);
    expect(isProgram('01a1fff0-f84d-7000-b9b4-ce4328f47a03')).toBe(false);
    expect(isProgram(null)).toBe(false);
  });
});
