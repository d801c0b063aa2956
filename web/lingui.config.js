// tools/messages.mjs extracts elsewhere, to compare.
const folder = process.env.RAPPORT_MESSAGES ?? '<rootDir>/src/locale';

/** @type {import('@lingui/conf').LinguiConfig} */
export default {
  sourceLocale: 'en',
  locales: ['en'],
  catalogs: [{ path: `${folder}/{locale}`, include: ['src'] }],
  format: 'po',
  // Line numbers would make every commit touch the catalogue.
  formatOptions: { lineNumbers: false },
};
