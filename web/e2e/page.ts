// The page as every test has it: signed in, watched. A console error or a violation of the content
// security policy fails the test wherever it happens.
import { type APIRequestContext, expect, type Page, test as base } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PASSWORD, USER } from './server';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Watched {
  // What a test causes on purpose: an answer of the server that the browser logs as an error.
  expected: RegExp[];
}

export const test = base.extend<{ watched: Watched; signedIn: Page }>({
  watched: async ({ page }, use) => {
    const watched: Watched = { expected: [] };
    const seen: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') seen.push(message.text());
    });
    page.on('pageerror', (error) => seen.push(String(error)));
    await use(watched);
    expect(seen.filter((text) => !watched.expected.some((one) => one.test(text)))).toEqual([]);
  },
  signedIn: async ({ page, watched }, use) => {
    void watched;
    const answer = await page.request.post('/api/v1/session', {
      data: { name: USER, password: PASSWORD },
      headers: { Origin: new URL(test.info().project.use.baseURL ?? '').origin },
    });
    expect(answer.status(), await answer.text()).toBe(201);
    await use(page);
  },
});

// Until what fades or slides has come to rest: half-faded text has too little contrast. What turns for
// ever does not count.
async function settled(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.waitForFunction(() => document.getAnimations().every((one) =>
    one.playState !== 'running' || one.effect?.getComputedTiming().iterations === Infinity));
}

// Nothing that WCAG 2.2 AA forbids, in light and in dark.
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await settled(page);
    const violations = await page.evaluate(`(() => { ${axe}; return axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    }).then((result) => result.violations.map((one) => one.id + ': ' + one.nodes.slice(0, 4).map((node) => node.target.join(' ') + ' ' + (node.any[0]?.message ?? '')).join(' | '))); })()`);
    expect(violations, colorScheme).toEqual([]);
  }
}

// Straight through the API, for what a test needs before it begins.
export async function create(request: APIRequestContext, plural: string, fields: object): Promise<{ id: string; version: number }> {
  const answer = await request.post(`/api/v1/${plural}`, { data: fields, headers: { Origin: origin() } });
  expect(answer.status(), await answer.text()).toBe(201);
  return answer.json() as Promise<{ id: string; version: number }>;
}

export async function change(request: APIRequestContext, plural: string, id: string, version: number, fields: object): Promise<void> {
  const answer = await request.patch(`/api/v1/${plural}/${id}`, {
    data: fields, headers: { Origin: origin(), 'If-Match': `"${version}"` },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}

export function origin(): string {
  return new URL(test.info().project.use.baseURL ?? '').origin;
}

export { expect };
