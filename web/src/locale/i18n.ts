// English is the first language; others arrive as one more catalogue each.
import { i18n } from '@lingui/core';
import { messages } from './en.po';

export function loadLanguage(): void {
  i18n.load('en', messages);
  i18n.activate('en');
}

export { i18n };
