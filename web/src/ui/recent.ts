// The records looked at last, kept in this browser for the palette's first view.
import type { SearchHit } from '@/api/wire';

const KEY = 'rapport-recent';
const KEPT = 6;

export function recentRecords(): SearchHit[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? (kept as SearchHit[]).filter((one) => one.id && one.plural && one.title) : [];
  } catch {
    return [];
  }
}

export function noteRecent(record: SearchHit): void {
  try {
    const others = recentRecords().filter((one) => one.id !== record.id);
    localStorage.setItem(KEY, JSON.stringify([record, ...others].slice(0, KEPT)));
  } catch {
    // Without storage there is no "recent", and nothing else is lost.
  }
}

export function forgetRecent(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // As above.
  }
}
