/** @type {import('@lingui/conf').LinguiConfig} */
export default {
  sourceLocale: 'en',
  locales: ['en'],
  catalogs: [{ path: '<rootDir>/src/locale/{locale}', include: ['src'] }],
  format: 'po',
  // Line numbers would make every commit touch the catalogue.
  formatOptions: { lineNumbers: false },
};
