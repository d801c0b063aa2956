// Charts are drawn with the page's own colours, and drawn again when the scheme changes.
import { useSyncExternalStore } from 'react';

export interface Colours {
  text: string;
  muted: string;
  line: string;
  surface: string;
  raised: string;
  accent: string;
  accentSoft: string;
  danger: string;
  warn: string;
  // Kinds of one chart, told apart by lightness too.
  series: [string, string, string, string];
  font: string;
}

const SCHEME = 'data-mantine-color-scheme';

export function useSchemeName(): string {
  return useSyncExternalStore(watchScheme, () => document.documentElement.getAttribute(SCHEME) ?? 'light');
}

function watchScheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: [SCHEME] });
  return () => observer.disconnect();
}

export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: token('--text'), muted: token('--muted'), line: token('--line'), surface: token('--surface'), raised: token('--raised'),
    accent: token('--chart-1'), accentSoft: token('--accent-line'), danger: token('--chart-4'), warn: token('--chart-3'),
    series: [token('--chart-1'), token('--chart-2'), token('--chart-3'), token('--chart-4')],
    // Within the picture's own attributes, which stand in double quotes.
    font: token('--font').replaceAll('"', "'"),
  };
}
