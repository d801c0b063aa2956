// Figures of the small demo company, refreshed once; every mark opens as many records as it counts.
import type { Page } from '@playwright/test';
import { expect, expectAccessible, origin, test } from './page';

const REFRESH_MS = 60_000;

// The program refreshes after its demo company is loaded; where it has not yet, it is asked to.
async function refreshed(page: Page): Promise<void> {
  const state = async () => {
    const answer = await page.request.get('/api/v1/insight/refreshes/latest');
    return answer.ok() ? ((await answer.json()) as { state: string }).state : 'none';
  };
  if ((await state()) === 'done') return;
  const asked = await page.request.post('/api/v1/insight/refreshes', { headers: { Origin: origin() } });
  expect(asked.status(), await asked.text()).toBe(202);
  await expect.poll(state, { timeout: REFRESH_MS }).toBe('done');
}

const digits = (text: string | null) => Number((text ?? '').replace(/\D/g, ''));

async function expectCount(page: Page, count: number): Promise<void> {
  await expect(page.getByTestId('count')).toHaveText(/\d/);
  await expect.poll(async () => digits(await page.getByTestId('count').textContent())).toBe(count);
}

test.beforeEach(async ({ signedIn: page }) => {
  test.slow(); // the first of them waits for the refresh
  await refreshed(page);
});

test('the overview tells value, its spread and the whale curve', async ({ signedIn: page }) => {
  await page.goto('/insight');
  await expect(page.getByRole('button', { name: /^Historic value/ })).toContainText(/\d/);
  await expect(page.getByRole('img', { name: /Customers by Historic value/ }).locator('svg text').first()).toBeVisible();
  await page.getByRole('button', { name: /^Lifetime value/ }).click();
  await expect(page).toHaveURL(/measure=expected/);
  await expect(page.getByRole('heading', { name: /Lifetime value/ })).toBeVisible();
  await expectAccessible(page);
});

test('a bar of the spread opens the customers it counts', async ({ signedIn: page }) => {
  await page.goto('/insight');
  await page.getByRole('button', { name: 'Show as a table' }).first().click();
  const line = page.getByRole('region', { name: /Customers by/ }).locator('tbody tr').filter({ has: page.locator('a') }).first();
  const count = digits(await line.locator('td').first().textContent());
  expect(count).toBeGreaterThan(0);
  await line.getByRole('link').click();
  await expectCount(page, count);
});

test('a cell of recency and frequency opens its customers', async ({ signedIn: page }) => {
  await page.goto('/insight/rfm');
  const cell = page.getByRole('region', { name: 'Customers by recency and frequency' }).locator('td a').first();
  const count = digits(await cell.textContent());
  expect(count).toBeGreaterThan(0);
  await cell.click();
  await expectCount(page, count);
});

test('a cell of a cohort opens its customers as a set, which is a chip of the list', async ({ signedIn: page }) => {
  await page.goto('/insight/cohorts?show=count');
  const cell = page.getByRole('region', { name: 'Cohorts' }).last().locator('tbody tr td:nth-child(4) a').first();
  const count = digits(await cell.textContent());
  expect(count).toBeGreaterThan(0);
  await cell.click();
  await expect(page).toHaveURL(/set=/);
  await expectCount(page, count);
  await expect(page.getByTestId('set')).toContainText(/Cohort .*, month 1/);
  await page.reload();
  await expectCount(page, count);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Remove this set' }).click();
  await expect(page.getByTestId('set')).toHaveCount(0);
  await expect(page).not.toHaveURL(/set=|of=/);
  await expect.poll(async () => digits(await page.getByTestId('count').textContent())).toBeGreaterThan(count);
});

test('who defected in a period is one click away', async ({ signedIn: page }) => {
  await page.goto('/insight/retention?period=quarter');
  await expect(page.getByRole('img', { name: /Retained, new/ })).toBeVisible();
  const cell = page.getByRole('region', { name: 'By period' }).locator('tbody tr td:nth-child(6) a').first();
  const count = digits(await cell.textContent());
  await cell.click();
  await expectCount(page, count);
  await expect(page.getByTestId('set')).toContainText('Defected');
});

test('a field of now and next opens its customers', async ({ signedIn: page }) => {
  await page.goto('/insight/two_by_two');
  const link = page.getByRole('list', { name: 'Current against future value' }).getByRole('link').first();
  const count = digits(await link.textContent());
  await link.click();
  await expectCount(page, count);
});

test('profitability adds up, and its rows open their customers', async ({ signedIn: page }) => {
  await page.goto('/insight/profitability');
  const table = page.getByRole('region', { name: 'Profitability', exact: true }).last();
  const rows = table.locator('tbody tr');
  await expect(rows.first()).toBeVisible();
  const row = rows.filter({ has: page.locator('a') }).first();
  const count = digits(await row.locator('td').first().textContent());
  await row.getByRole('link').click();
  await expectCount(page, count);
});

test('filters stand in the address and go along to the next figure', async ({ signedIn: page }) => {
  await page.goto('/insight');
  await page.getByRole('button', { name: 'All time' }).click();
  await page.getByRole('button', { name: 'Last year' }).click();
  await expect(page).toHaveURL(/from=\d{4}-01-01&until=\d{4}-12-31/);
  await page.getByRole('button', { name: 'Any country' }).click();
  await page.getByRole('combobox', { name: 'Country' }).selectOption('AT');
  await expect(page).toHaveURL(/country=AT/);
  await page.getByRole('link', { name: 'Cohorts' }).click();
  await expect(page).toHaveURL(/cohorts\?.*country=AT/);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Austria', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Remove: Country' }).click();
  await expect(page).not.toHaveURL(/country=/);
});

test('figures are taken along as CSV and as pictures', async ({ signedIn: page }) => {
  await page.goto('/insight');
  await expect(page.getByRole('img', { name: /Customers by/ }).locator('svg text').first()).toBeVisible();
  for (const [entry, file] of [['Figures as CSV', /\.csv$/], ['Picture as SVG', /\.svg$/], ['Picture as PNG', /\.png$/]] as const) {
    await page.getByRole('button', { name: 'Download' }).first().click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: entry }).click();
    expect((await download).suggestedFilename()).toMatch(file);
  }
});

test('a record tells its scores and why', async ({ signedIn: page }) => {
  await page.goto('/persons?where=orders_count > 3&order=-lifetime_value');
  await page.locator('[data-row="0"] a').click();
  const scores = page.getByTestId('scores');
  await scores.getByRole('button', { name: /Lifetime value/ }).click();
  await expect(page.getByRole('list', { name: 'Reasons' }).getByRole('listitem').first()).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await scores.getByRole('button', { name: /^Alive/ }).click();
  await expect(page.getByRole('img', { name: /purchases until now/ }).locator('svg text').first()).toBeVisible();
});

test('a model shows what it learnt and how well it foretold', async ({ signedIn: page }) => {
  await page.goto('/insight/models');
  await page.getByRole('region', { name: 'Models' }).last().getByRole('link').first().click();
  await expect(page.getByRole('heading', { name: 'Parameters' })).toBeVisible();
  await expectAccessible(page);
});

test('every figure is accessible, also on a phone', async ({ signedIn: page }) => {
  for (const section of ['rfm', 'cohorts', 'retention', 'alive', 'two_by_two', 'profitability', 'next_offers', 'models']) {
    await page.goto(`/insight/${section}`);
    await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible();
    await expectAccessible(page);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  for (const section of ['', '/alive', '/profitability']) {
    await page.goto(`/insight${section}`);
    await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible();
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  }
});

test('a figure that is of persons alone says so', async ({ signedIn: page, watched }) => {
  watched.expected.push(/4\d\d/);
  await page.goto('/insight/rfm?subject=company');
  await page.getByRole('button', { name: 'Show persons' }).click();
  await expect(page.getByRole('region', { name: 'Customers by recency and frequency' })).toBeVisible();
});
