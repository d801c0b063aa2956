import Papa from 'papaparse';
import { expect, it } from 'vitest';
import { columnNames, cut } from './local';

it('names columns as the server does', () => {
  expect(columnNames(['date', '', ' date ', 'x'])).toEqual(['date', 'column 2', 'date 2', 'x']);
});

it('reads a header and samples', () => {
  const { columns, rows } = cut(Papa.parse, 'name;mail\n"Ana; María";a@x.example\nBo;\n', { delimiter: 'semicolon', header: true });
  expect(columns).toEqual([{ name: 'name', samples: ['Ana; María', 'Bo'] }, { name: 'mail', samples: ['a@x.example'] }]);
  expect(rows).toHaveLength(2);
});

it('reads columns set apart by spaces, without a header', () => {
  const { columns, rows } = cut(Papa.parse, ' 00001 19970101  1  11.77\n 00002 19970112  1  12.00\n', { delimiter: 'whitespace', header: false });
  expect(columns.map((one) => one.name)).toEqual(['column 1', 'column 2', 'column 3', 'column 4']);
  expect(rows[1]).toEqual(['00002', '19970112', '1', '12.00']);
});
