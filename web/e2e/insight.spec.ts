// Figures of the small demo company, refreshed once; every mark opens as many records as it counts.
import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
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
  const line = page.getByRole('group', { name: /Customers by/ }).locator('tbody tr').filter({ has: page.locator('a') }).first();
  const count = digits(await line.locator('td').first().textContent());
  expect(count).toBeGreaterThan(0);
  await line.getByRole('link').click();
  await expectCount(page, count);
});

test('a cell of recency and frequency opens its customers', async ({ signedIn: page }) => {
  await page.goto('/insight/rfm');
  const cell = page.getByRole('group', { name: 'Customers by recency and frequency' }).locator('td a').first();
  const count = digits(await cell.textContent());
  expect(count).toBeGreaterThan(0);
  await cell.click();
  await expectCount(page, count);
});

test('a cell of a cohort opens its customers as a set, which is a chip of the list', async ({ signedIn: page }) => {
  await page.goto('/insight/cohorts?show=count');
  const cell = page.getByRole('group', { name: 'Customers who came back, by cohort' }).locator('tbody tr td:nth-child(4) a').first();
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
  const cell = page.getByRole('group', { name: 'Customers by period' }).locator('tbody tr td:nth-child(6) a').first();
  const count = digits(await cell.textContent());
  expect(count).toBeGreaterThan(0);
  await cell.click();
  await expectCount(page, count);
  await expect(page.getByTestId('set')).toContainText('Defected');
});

test('a field of now and next opens its customers', async ({ signedIn: page }) => {
  await page.goto('/insight/two_by_two');
  const link = page.getByRole('list', { name: 'Current against future value' }).getByRole('link').first();
  const count = digits(await link.textContent());
  expect(count).toBeGreaterThan(0);
  await link.click();
  await expectCount(page, count);
});

const PROFIT = /^Profitability by/;
// An amount as the page writes it, in whole units: -€1,234.
const amount = (text: string | null) => (/[-−]/.test(text ?? '') ? -1 : 1) * digits(text);

async function column(page: Page, rows: string, at: number): Promise<number[]> {
  const cells = await page.getByRole('group', { name: PROFIT }).locator(`${rows} tr > :nth-child(${at})`).allTextContents();
  return cells.map(amount);
}

const sum = (values: number[]) => values.reduce((all, one) => all + one, 0);

test('profitability adds up, in each part and from revenue to profit', async ({ signedIn: page }) => {
  const [revenue, profit] = [3, 8] as const;
  for (const by of ['customer_country', 'channel', 'month', 'lifecycle']) {
    await page.goto(`/insight/profitability?by=${by}`);
    await expect(page.getByRole('group', { name: PROFIT }).locator('tbody tr').first()).toBeVisible();
    const lines = (await column(page, 'tbody', revenue)).length;
    const totals: number[] = [];
    for (let part = revenue; part <= profit; part += 1) {
      const [total] = (await column(page, 'tfoot', part)) as [number];
      // Each line is rounded to a whole unit, and so is the total.
      expect(Math.abs(sum(await column(page, 'tbody', part)) - total), `${by}, column ${part}`).toBeLessThanOrEqual((lines + 1) / 2);
      totals.push(total);
    }
    const [brought = 0, ...others] = totals;
    expect(brought).toBeGreaterThan(0);
    expect(Math.abs(brought - sum(others.slice(0, -1)) - (others.at(-1) ?? 0)), by).toBeLessThanOrEqual(3);
  }
});

test('a row of profitability opens its customers', async ({ signedIn: page }) => {
  await page.goto('/insight/profitability');
  const row = page.getByRole('group', { name: PROFIT }).locator('tbody tr').filter({ has: page.locator('a') }).first();
  const count = digits(await row.locator('td').first().textContent());
  expect(count).toBeGreaterThan(0);
  await row.getByRole('link').click();
  await expectCount(page, count);
});

// The parts of the waterfall, as drawn: each filled rectangle's top and bottom, left to right.
function bars(page: Page): Promise<{ top: number; bottom: number }[]> {
  return page.getByRole('img', { name: 'Steps from revenue down to profit' }).evaluate((chart) => {
    const paths = [...chart.querySelectorAll<SVGGraphicsElement>('svg path')].filter((path) => {
      const fill = path.getAttribute('fill') ?? 'none';
      const { width, height } = path.getBoundingClientRect();
      return !['none', 'transparent'].includes(fill) && width > 20 && width <= 73 && height > 0.1;
    });
    return paths.map((path) => path.getBoundingClientRect()).sort((a, b) => a.left - b.left).map(({ top, bottom }) => ({ top, bottom }));
  });
}

// The bars of a loss were drawn from nought, not from where the step before ended.
test('a loss goes below nought, by the cost that makes it', async ({ signedIn: page }) => {
  await page.route('**/api/v1/insight/profitability?*', async (route) => {
    const answer = await route.fetch();
    const told = (await answer.json()) as { total: Record<string, number> };
    const { revenue = 0, cost_of_goods: goods = 0 } = told.total;
    // The same firm with five times the cost of its goods.
    Object.assign(told.total, { cost_of_goods: goods * 5, profit: (told.total['profit'] ?? 0) - goods * 4 });
    expect(told.total['profit'], String(revenue)).toBeLessThan(0);
    await route.fulfill({ response: answer, json: told });
  });
  await page.goto('/insight/profitability');
  await expect.poll(async () => (await bars(page)).length).toBe(6);
  const drawn = await bars(page);
  const [revenue, goods, , , , loss] = drawn as [{ top: number; bottom: number }, { top: number; bottom: number }, unknown, unknown, unknown, { top: number; bottom: number }];
  expect(Math.abs(goods.top - revenue.top)).toBeLessThan(2); // goods begin where revenue ends
  expect(goods.bottom).toBeGreaterThan(revenue.bottom + 10); // and go through nought
  expect(Math.abs(loss.top - revenue.bottom)).toBeLessThan(2); // the loss hangs from nought
  const costs = drawn.slice(1, 5);
  costs.slice(1).forEach((cost, at) => expect(Math.abs(cost.top - (costs[at]?.bottom ?? NaN)), `cost ${at + 1}`).toBeLessThan(2));
  expect(Math.abs(loss.bottom - (costs.at(-1)?.bottom ?? NaN))).toBeLessThan(2);
});

test('a bar that is clicked opens the customers it counts', async ({ signedIn: page }) => {
  await page.goto('/insight/retention?period=quarter');
  const chart = page.getByRole('img', { name: /Retained, new/ });
  await expect(chart.locator('svg text').first()).toBeVisible();
  const table = page.getByRole('group', { name: 'Customers by period' }).locator('tbody tr');
  // The tallest part of the first period is all its customers, who are new.
  const first = table.last();
  const [name, count] = [await first.locator('th').textContent(), digits(await first.locator('td').nth(1).textContent())];
  expect(count).toBeGreaterThan(0);
  const colour = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--chart-2').trim());
  const at = await chart.evaluate((box, fill) => {
    const paths = [...box.querySelectorAll<SVGGraphicsElement>('svg path')].filter((path) => path.getAttribute('fill') === fill);
    const found = paths.map((path) => path.getBoundingClientRect()).filter(({ height }) => height > 12).sort((a, b) => a.left - b.left)[0];
    return found && { x: found.left + found.width / 2, y: found.top + found.height / 2 };
  }, colour);
  if (!at) throw new Error('The chart has no bar of new customers.');
  await page.mouse.click(at.x, at.y);
  await expectCount(page, count);
  await expect(page.getByTestId('set')).toContainText(`New, ${name}`);
});

test('a click on the whale curve opens nothing, its shares do', async ({ signedIn: page }) => {
  await page.goto('/insight');
  const chart = page.getByRole('img', { name: /Cumulative value/ });
  await expect(chart.locator('svg text').first()).toBeVisible();
  const box = await chart.boundingBox();
  if (!box) throw new Error('The curve is not drawn.');
  for (const share of [0.08, 0.1, 0.3, 0.5, 0.8]) {
    await page.mouse.move(box.x + box.width * share, box.y + box.height / 3);
    await page.mouse.click(box.x + box.width * share, box.y + box.height / 3);
  }
  await expect(page).toHaveURL(/\/insight$/);
  await page.getByRole('link', { name: 'Best 5%' }).click();
  await expect(page.getByTestId('set')).toContainText('Best 5% of customers');
});

test('what is not over is told so far', async ({ signedIn: page }) => {
  await page.goto('/insight/retention');
  const running = page.getByRole('group', { name: 'Customers by period' }).locator('tbody tr').first();
  await expect(running.locator('th')).toHaveText(/, so far$/);
  await expect(running.locator('td').nth(4)).toHaveText('–'); // nobody has defected yet
  await expect(running.locator('td').last()).toHaveText('–');
  await expect(page.getByRole('group', { name: 'Customers by period' }).locator('tbody tr').nth(1).locator('td').last()).toHaveText(/%$/);
});

test('another choice names its own rows, and the old ones are not to be used meanwhile', async ({ signedIn: page }) => {
  await page.goto('/insight/profitability?by=customer_country');
  const table = page.getByRole('group', { name: PROFIT });
  await expect(table.locator('tbody tr').first()).toBeVisible();
  let go = () => {};
  const held = new Promise<void>((done) => { go = done; });
  await page.route('**/api/v1/insight/profitability?*by=channel*', async (route) => { await held; await route.continue(); });
  await page.getByText('Channel', { exact: true }).first().click();
  await expect(page).toHaveURL(/by=channel/);
  const stale = page.locator('[inert]').filter({ has: page.locator('tfoot') });
  await expect(stale.locator('thead th').first()).toHaveText('Country');
  go();
  await expect(stale).toHaveCount(0);
  await expect(table.locator('thead th').first()).toHaveText('Channel');
});

test('a range is refused where it is reversed, and counts when it is finished', async ({ signedIn: page }) => {
  await page.goto('/insight');
  await page.getByRole('button', { name: 'All time' }).click();
  await page.getByLabel('From', { exact: true }).fill('2026-03-01');
  await page.getByLabel('From', { exact: true }).press('Enter');
  await expect(page).toHaveURL(/from=2026-03-01/);
  await page.getByLabel('Until', { exact: true }).fill('2026-02-01');
  await page.getByLabel('Until', { exact: true }).press('Enter');
  await expect(page.getByText('This is before the beginning.')).toBeVisible();
  await expect(page).not.toHaveURL(/until=/);
  await page.getByLabel('Until', { exact: true }).fill('2026-03-31');
  await expect(page).not.toHaveURL(/until=/); // not yet left
  await page.getByLabel('Until', { exact: true }).press('Enter');
  await expect(page).toHaveURL(/until=2026-03-31/);
  await expect(page.getByText('what is told of them is of all time')).toBeVisible();
});

test('what cannot be read is said, with a way to try again', async ({ signedIn: page, watched }) => {
  watched.expected.push(/500/);
  let broken = true;
  await page.route('**/api/v1/insight/whale*', (route) => (broken
    ? route.fulfill({ status: 500, json: { title: 'The whale is away.', status: 500, code: 'server.internal' } }) : route.continue()));
  await page.goto('/insight');
  const card = page.getByRole('region', { name: 'Whale curve' });
  await expect(card.getByRole('alert')).toContainText('The whale is away.');
  broken = false;
  await card.getByRole('button', { name: 'Try again' }).click();
  await expect(card.getByRole('img', { name: /Cumulative value/ })).toBeVisible();
});

test('filters stand in the address and go along to the next figure', async ({ signedIn: page }) => {
  await page.goto('/insight');
  await page.getByRole('button', { name: 'All time' }).click();
  await page.getByRole('button', { name: 'Last year' }).click();
  await expect(page).toHaveURL(/range=last_year/);
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
  for (const [entry, file] of [['Figures as CSV', 'value-historic.csv'], ['Picture as SVG', 'value-historic.svg'], ['Picture as PNG', 'value-historic.png']] as const) {
    expect((await taken(page, entry)).name).toBe(file);
  }
  const { text } = await taken(page, 'Figures as CSV');
  expect(text.split('\r\n')[0]).toBe('from,to,count,sum,currency,as_of');
});

async function taken(page: Page, entry: string): Promise<{ name: string; text: string }> {
  await page.getByRole('button', { name: 'Download' }).first().click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: entry }).click();
  const file = await download;
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
}

// A picture in someone's slides said neither what it was of, nor as of when.
test('a picture says what it shows, as of when and of whom', async ({ signedIn: page }) => {
  for (const [section, title, axes] of [
    ['', 'How it is spread: Historic value', ['Customers', 'Historic value from']], ['/rfm', 'Recency and frequency', ['Recency', 'Frequency ↓']],
    ['/cohorts', 'Cohorts', ['Months later', 'First order ↓']], ['/alive', 'Alive against value', ['Probability alive', 'Lifetime value']],
  ] as const) {
    await page.goto(`/insight${section}?country=AT&from=2025-01-01`);
    await expect(page.getByRole('heading', { name: title })).toBeVisible();
    if (section === '' || section === '/alive') await expect(page.getByRole('img', { name: /^Customers by/ }).locator('svg text').first()).toBeVisible();
    const { text } = await taken(page, 'Picture as SVG');
    const told = [...text.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, words]) => words);
    expect(told[0]).toBe(title);
    expect(told[1]).toMatch(/^As of .* · Persons · 1 Jan 2025 – … · Austria$/);
    for (const axis of axes) expect(told, section).toContain(axis);
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
  const picture = page.getByRole('img', { name: /purchases until now/ });
  for (const line of ['Purchases', 'Expected', 'Anyone new']) await expect(picture.locator('svg text', { hasText: line }).first()).toBeVisible();
});

// Its end lay below the page, where nothing scrolls.
test('why a score is what it is can be read to its end on a phone', async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 390, height: 640 });
  const id = ((await (await page.request.get('/api/v1/persons?limit=1&order=-lifetime_value')).json()) as { data: [{ id: string }] }).data[0].id;
  await page.goto(`/persons/${id}`);
  await page.getByTestId('scores').getByRole('button', { name: /^Alive/ }).click();
  const panel = page.getByRole('dialog', { name: 'Alive' });
  await expect.poll(async () => (await panel.getByRole('img', { name: /purchases until now/ }).boundingBox())?.height).toBe(150);
  const end = panel.getByText(/^As of/);
  await end.scrollIntoViewIfNeeded();
  await expect(end).toBeInViewport({ ratio: 1 });
  await expectAccessible(page);
});

test('a company says that its scores are sums', async ({ signedIn: page }) => {
  const companies = await page.request.get('/api/v1/companies?limit=1&order=-lifetime_value');
  const { data: [first] } = (await companies.json()) as { data: [{ id: string }] };
  await page.goto(`/companies/${first.id}`);
  await page.getByTestId('scores').getByRole('button', { name: /value/ }).first().click();
  await expect(page.getByText('The sum over the customers who work there.')).toBeVisible();
});

test('a model shows what it learnt and how well it foretold', async ({ signedIn: page }) => {
  await page.goto('/insight/models');
  await page.getByRole('group', { name: 'Models' }).getByRole('link').first().click();
  await expect(page.getByRole('heading', { name: 'Parameters' })).toBeVisible();
  await expectAccessible(page);
});

test('every figure is accessible', async ({ signedIn: page }) => {
  for (const section of ['rfm', 'cohorts', 'retention', 'alive', 'two_by_two', 'profitability', 'next_offers', 'models']) {
    await page.goto(`/insight/${section}`);
    await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible();
    await expectAccessible(page);
  }
});

// Tables and grids scroll sideways in boxes of their own; the page itself never does.
test('no figure is wider than a phone', async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const section of ['', '/rfm', '/cohorts', '/retention', '/alive', '/two_by_two', '/profitability', '/next_offers', '/models']) {
    await page.goto(`/insight${section}?range=months`);
    await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible();
    const wide = await page.getByTestId('scroller').evaluate((scroller) => ({ scroller: scroller.scrollWidth - scroller.clientWidth, page: document.documentElement.scrollWidth - window.innerWidth }));
    expect(wide, section).toEqual({ scroller: 0, page: 0 });
    await expectAccessible(page);
  }
});

test('a figure that is of persons alone says so', async ({ signedIn: page, watched }) => {
  watched.expected.push(/4\d\d/);
  await page.goto('/insight/rfm?subject=company');
  await page.getByRole('button', { name: 'Show persons' }).click();
  await expect(page.getByRole('group', { name: 'Customers by recency and frequency' })).toBeVisible();
});

test('filters that leave nobody over lead back', async ({ signedIn: page }) => {
  await page.goto('/insight/cohorts?country=IS&period=quarter');
  await expect(page.getByText('No customers within these filters')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await expect(page.getByRole('group', { name: 'Customers who came back, by cohort' })).toBeVisible();
  await expect(page).toHaveURL(/period=quarter/);
});

test('a value that nobody has keeps the way to those that there are', async ({ signedIn: page }) => {
  await page.route('**/api/v1/insight/value?*measure=expected*', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()) as object, count: 0, total: 0, bins: [] } });
  });
  await page.goto('/insight?measure=expected');
  await expect(page.getByText('No customer has this value yet')).toBeVisible();
  await page.getByRole('button', { name: /^Historic value/ }).click();
  await expect(page.getByRole('img', { name: /Customers by Historic value/ })).toBeVisible();
});

test('scores that cannot be read are told, and not taken for a right that is missing', async ({ signedIn: page, watched }) => {
  watched.expected.push(/50\d/);
  await page.goto('/persons?where=orders_count > 3&order=-lifetime_value');
  await page.route('**/api/v1/insight/persons/*', (route) => route.fulfill({ status: 500, json: { title: 'The scores are away.', status: 500, code: 'server.internal' } }));
  await page.locator('[data-row="0"] a').click();
  await expect(page.getByTestId('scores').getByRole('alert')).toContainText('The scores are away.');
  await page.unroute('**/api/v1/insight/persons/*');
  await page.getByTestId('scores').getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByTestId('scores').getByRole('button', { name: /Lifetime value/ })).toBeVisible();
});

test('a fit is asked for, is told when it is done, and is put in use', async ({ signedIn: page }) => {
  await page.goto('/insight/models');
  const lines = page.getByRole('group', { name: 'Models' }).locator('tbody tr');
  await expect(lines.first()).toBeVisible();
  const before = await lines.count();
  await page.getByRole('button', { name: 'Fit a model' }).click();
  await page.getByRole('menuitem', { name: /Pareto\/NBD/ }).click();
  await expect(page.getByText('The fit is done.')).toBeVisible({ timeout: REFRESH_MS });
  await expect.poll(() => lines.count()).toBeGreaterThan(before);
  await lines.filter({ hasText: 'Pareto/NBD' }).getByRole('link').first().click();
  await page.getByRole('button', { name: 'Put in use' }).click();
  await expect(page.getByText('The model is in use from the next refresh on.')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('In use');
});

// The page waited for a model that never came.
test('a fit that is refused says why', async ({ signedIn: page }) => {
  await page.route('**/api/v1/insight/fits/*', async (route) => {
    const answer = await route.fetch();
    const told = (await answer.json()) as { state: string };
    const ended = !['waiting', 'running'].includes(told.state);
    await route.fulfill({ response: answer, json: { ...told, ...(ended && { state: 'refused', problem: 'Too few customers came back.' }) } });
  });
  await page.goto('/insight/models');
  await page.getByRole('button', { name: 'Fit a model' }).click();
  await page.getByRole('menuitem', { name: /Gamma-Gamma/ }).click();
  await expect(page.getByText(/Gamma-Gamma was not fitted, .*: Too few customers came back\./)).toBeVisible({ timeout: REFRESH_MS });
  await expect(page.getByRole('button', { name: 'Fit a model' })).toBeVisible();
});

test('who was served and never bought stands apart, so that profit is the overview\'s', async ({ signedIn: page }) => {
  await page.goto('/insight/profitability');
  const part = page.getByRole('group', { name: PROFIT }).getByRole('row', { name: /^of it never bought/ });
  const count = digits(await part.locator('td').first().textContent());
  expect(count).toBeGreaterThan(0);
  const [total, theirs] = [await column(page, 'tfoot', 8), amount(await part.locator('td').nth(6).textContent())];
  await page.goto('/insight?measure=profit');
  const tile = page.getByRole('button', { name: /^Profit/ }).locator('b');
  await expect(tile).toHaveText(/\d/);
  expect(Math.abs((total[0] ?? NaN) - theirs - amount(await tile.textContent()))).toBeLessThanOrEqual(2);
  await page.goBack();
  await part.getByRole('link').click();
  await expectCount(page, count);
});

// Countries stood in the order of their codes, and who is of none first of all.
test('who makes the profit stands with the best first and the unknown last', async ({ signedIn: page }) => {
  await page.goto('/insight/profitability?by=customer_country');
  const heads = page.getByRole('group', { name: PROFIT }).locator('tbody th');
  await expect(heads.last()).toHaveText('Unknown');
  const profits = (await column(page, 'tbody', 8)).slice(0, -1);
  expect(profits.length).toBeGreaterThan(3);
  expect(profits).toEqual([...profits].sort((a, b) => b - a));
  await page.goto('/insight/profitability?by=month');
  await expect(heads.first()).toHaveText(/2025$/); // months as they came
});

test('the labels of the steps of profit stand apart on a phone', async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/insight/profitability');
  const chart = page.getByRole('img', { name: 'Steps from revenue down to profit' });
  await expect(chart.locator('svg text').first()).toBeVisible();
  const touching = await chart.evaluate((box) => {
    const texts = [...box.querySelectorAll<SVGGraphicsElement>('svg text')].map((one) => ({ said: one.textContent, at: one.getBoundingClientRect() }));
    return texts.flatMap((a, at) => texts.slice(at + 1)
      .filter((b) => a.at.left < b.at.right && b.at.left < a.at.right && a.at.top < b.at.bottom && b.at.top < a.at.bottom).map((b) => `${a.said} ${b.said}`));
  });
  expect(touching).toEqual([]);
});

test('no model takes two weights for one on a phone', async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/insight/models');
  await page.getByRole('group', { name: 'Models' }).getByRole('link', { name: 'Risk of leaving, logistic' }).first().click();
  const weights = page.getByRole('region', { name: 'Parameters' }).locator('tbody th');
  await expect(weights.first()).toHaveText('Whoever it is');
  await expect(weights.filter({ hasText: 'Days since the last purchase, above' }).first()).toBeVisible();
  const cut = await weights.evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent));
  expect(cut).toEqual([]);
});

// Behind a right that is missing stood "This page could not be shown", with a way to try again.
test('who may not see figures or models is told why, and who can help', async ({ signedIn: page, watched }) => {
  watched.expected.push(/403/);
  const refused = { status: 403, json: { title: 'Only who may read every record of type “Order” sees this.', status: 403, code: 'insight.forbidden' } };
  await page.route(/\/api\/v1\/insight\/(value|whale|models)/, (route) => route.fulfill(refused));
  for (const [path, title] of [['', 'These figures are not yours to see'], ['/models', 'Models are not yours to see'], ['/models/01a2034d-f275-7003-8390-1e29c4effb02', 'Models are not yours to see']] as const) {
    await page.goto(`/insight${path}`);
    await expect(page.getByText(title)).toBeVisible();
    await expect(page.getByText('An administrator can give your role that right.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(0);
  }
  await expectAccessible(page);
});

test('the list of models says why a family has no new one, and goes on page by page', async ({ signedIn: page }) => {
  const why = 'Gamma-Gamma: only 4 customers spent something; a model needs 10.';
  await page.route('**/api/v1/insight/refreshes/latest', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()) as object, notes: [why] } });
  });
  const asked: (string | null)[] = [];
  await page.route(/\/api\/v1\/insight\/models(\?|$)/, async (route) => {
    const url = new URL(route.request().url());
    asked.push(url.searchParams.get('after'));
    url.searchParams.delete('after');
    const answer = await route.fetch({ url: url.href });
    const told = (await answer.json()) as { data: { id: string }[] };
    const second = asked.at(-1) !== null;
    const data = second ? told.data.map((one, at) => ({ ...one, id: `01a2034d-0000-7000-8000-${String(at).padStart(12, '0')}` })) : told.data;
    await route.fulfill({ response: answer, json: { data, page: { after: second ? null : 'next' } } });
  });
  await page.goto('/insight/models');
  await expect(page.getByText(why)).toBeVisible();
  const lines = page.getByRole('group', { name: 'Models' }).locator('tbody tr');
  const first = await lines.count();
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect(lines).toHaveCount(first * 2);
  await expect(page.getByRole('button', { name: 'Show more' })).toHaveCount(0);
  expect(asked).toContain('next');
  await expectAccessible(page);
});

test('before the first order it says where orders come from', async ({ signedIn: page }) => {
  await page.route('**/api/v1/orders*', (route) => route.fulfill({ json: { data: [], page: {} } }));
  await page.route('**/api/v1/insight/value*', (route) => route.fulfill({ json: { as_of: null, currency: 'EUR', count: 0, total: 0, mean: 0, median: 0, bins: [] } }));
  await page.goto('/insight');
  await expect(page.getByText('No orders yet')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Import orders' })).toHaveAttribute('href', /imports\/new\?object=order/);
});
