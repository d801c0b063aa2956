// What a customer bought beside what was expected of him, as lines that may be drawn.
import type { Course, Purchases } from '@/api/insight';

export interface Courses {
  // Up to the last day known, so that silence is seen as well.
  actual: Course[];
  // What the model would have expected of anyone new on the day of his first purchase.
  before: Course[];
  // What it expects of him by now; it begins where he stands.
  from: Course[];
}

// One line of both expectations jumped where they meet, and fell where less had come than expected.
export function coursesOf({ actual, expected, known_until: until }: Purchases): Courses {
  const last = actual.at(-1);
  if (!until || !last) return { actual, before: expected, from: [] };
  const now = { at: until, cumulative: last.cumulative };
  const later = expected.filter((one) => one.at > until);
  return {
    actual: last.at < until ? [...actual, now] : actual,
    before: expected.filter((one) => one.at <= until),
    from: later.length > 0 ? [now, ...later] : [],
  };
}
