// Where in which list a record was opened, so that its page can lead on to the next one. Kept for the
// tab, not in the address: a record sent to someone else is the record, not my list.
import type { ListQuery } from '@/api/records';

export interface Trail {
  plural: string;
  id: string;
  index: number;
  query: ListQuery;
  // The list's own address, to go back to.
  search: Record<string, string>;
}

const KEY = 'rapport-trail';

export function leaveTrail(trail: Trail): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(trail));
  } catch {
    // Then the page has no way on, and nothing else is lost.
  }
}

export function trailOf(plural: string, id: string): Trail | undefined {
  try {
    const trail = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Trail | null;
    return trail?.plural === plural && trail.id === id ? trail : undefined;
  } catch {
    return undefined;
  }
}

// The list one came from, wherever in it one has got to.
export function listSearchOf(plural: string): Record<string, string> {
  try {
    const trail = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Trail | null;
    return trail?.plural === plural ? trail.search : {};
  } catch {
    return {};
  }
}
