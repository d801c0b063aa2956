import { loadLanguage } from './i18n';

loadLanguage();
