import { create, expect, expectAccessible, test } from './page';

const rows = '[data-row]';

test('every object type of the navigation has its list', async ({ signedIn: page }) => {
  await page.goto('/');
  await expect(page).toHaveURL(/\/\w+$/);
  const links = page.getByRole('navigation', { name: 'Main' }).getByRole('link');
  await expect(links.nth(4)).toBeVisible(); // all of them come with the catalog, at once
  const names = (await links.allTextContents()).filter((name) => name !== 'Imports' && name !== 'Customer value');
  expect(names.length).toBeGreaterThan(4);
  for (const name of names) {
    await links.filter({ hasText: new RegExp(`^${name}$`) }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await expect(page.getByTestId('count')).toHaveText(/\d/);
  }
});

test('a list scrolls to its end with few rows in the page', async ({ signedIn: page }) => {
  await page.goto('/order_lines');
  await expect(page.locator(rows).first()).toContainText(/\w/);
  const total = Number((await page.getByTestId('count').textContent())?.replace(/\D/g, ''));
  expect(total).toBeGreaterThan(100);
  await page.getByTestId('scroller').evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
  const last = page.locator(`[data-row="${total - 1}"]`);
  await expect(last).toBeVisible();
  await expect(last.locator('[data-column]').first()).toContainText(/\w/, { timeout: 1000 });
  expect(await page.locator(rows).count()).toBeLessThanOrEqual(60);
});

test('order, condition and columns stand in the address', async ({ signedIn: page }) => {
  await page.goto('/persons');
  await page.getByRole('columnheader', { name: 'E-mail' }).getByRole('button', { name: 'E-mail', exact: true }).click();
  await expect(page).toHaveURL(/order=email/);
  await expect(page.getByRole('columnheader', { name: 'E-mail' })).toHaveAttribute('aria-sort', 'ascending');
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Phone' }).uncheck();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('columnheader', { name: 'Phone' })).toHaveCount(0);
  await expect(page).toHaveURL(/columns=/);
  await page.reload();
  await expect(page.getByRole('columnheader', { name: 'E-mail' })).toHaveAttribute('aria-sort', 'ascending');
  await expect(page.getByRole('columnheader', { name: 'Phone' })).toHaveCount(0);
});

test('a filter is made of chips, and is the same as text', async ({ signedIn: page }) => {
  await page.goto('/persons');
  const all = await page.getByTestId('count').textContent();
  await page.keyboard.press('/');
  await page.getByRole('combobox', { name: 'Filter by' }).fill('lifecycle');
  await page.keyboard.press('Enter');
  await page.getByRole('checkbox', { name: 'Customer' }).check();
  await expect(page).toHaveURL(/where=lifecycle/);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('count')).not.toHaveText(all ?? '');
  await page.getByRole('button', { name: 'Edit the filter as text' }).click();
  await expect(page.getByLabel('Condition')).toHaveValue("lifecycle in ('customer')");
  await page.getByLabel('Condition').fill("lifecycle in ('customer') and email is not empty");
  await page.getByLabel('Condition').press('Enter');
  await page.getByRole('button', { name: 'Edit the filter as chips' }).click();
  await expect(page.getByText('is not empty')).toBeVisible();
});

test('a condition that cannot be read is marked at its character', async ({ signedIn: page, watched }) => {
  watched.expected.push(/400/);
  await page.goto("/persons?text=1&where=email is not empty and nosuch = 3");
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.locator('mark')).toHaveText('nosuch');
  await page.getByLabel('Condition').fill('email is not empty');
  await page.getByLabel('Condition').press('Enter');
  await expect(page.locator('mark')).toHaveCount(0);
  await expect(page.locator(rows).first()).toContainText(/\w/);
});

test('the keyboard goes through the list, selects and opens', async ({ signedIn: page }) => {
  await page.goto('/persons');
  await expect(page.locator(rows).first()).toContainText(/\w/);
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await expect(page.getByRole('region', { name: 'Selection' })).toContainText('2 selected');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('region', { name: 'Selection' })).toHaveCount(0);
  const name = await page.locator('[data-row="1"] [data-column="0"]').textContent();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText((name ?? '').replace(/^[\p{Lu}\d?]{1,2}(?=\p{Lu})/u, ''));
});

test('space looks at a record beside the list, and goes along with the cursor', async ({ signedIn: page }) => {
  await page.goto('/persons?order=name');
  await expect(page.locator(rows).first()).toContainText(/\w/);
  await page.keyboard.press('j');
  await page.keyboard.press('Space');
  const peek = page.getByTestId('peek');
  await expect(peek.getByRole('heading', { level: 2 }).first()).toHaveText(/\w/);
  const first = await peek.getByRole('heading', { level: 2 }).first().textContent();
  await page.keyboard.press('j');
  await expect(peek.getByRole('heading', { level: 2 }).first()).not.toHaveText(first ?? '');
  await expectAccessible(page);
  await page.keyboard.press('Space');
  await expect(peek).toHaveCount(0);
  await expect(page).toHaveURL(/\/persons/);
});

// Under the next record's name the fields of the one before could be edited, and the wrong customer was.
test('the peek is not edited before its fields are those of its name', async ({ signedIn: page }) => {
  await page.goto('/persons?order=name');
  await expect(page.locator(rows).first()).toContainText(/\w/);
  await page.keyboard.press('j');
  await page.keyboard.press('Space');
  const peek = page.getByTestId('peek');
  const name = peek.getByRole('heading', { level: 2 }).first();
  const body = peek.getByRole('region', { name: 'Fields', includeHidden: true });
  await expect(body.locator('dl').first()).toBeVisible();
  await expect(body).not.toHaveAttribute('inert');
  const first = (await name.textContent()) ?? '';
  let go = () => {};
  const held = new Promise<void>((done) => { go = done; });
  await page.route(/\/api\/v1\/persons\/[0-9a-f-]{36}\?/, async (route) => { await held; await route.continue(); });
  await page.keyboard.press('j');
  await expect(name).not.toHaveText(first);
  await expect(body).toHaveAttribute('inert');
  await expect(body).toContainText(first); // still there to be looked at
  go();
  await expect(body).not.toHaveAttribute('inert');
  await expect(body).not.toContainText(first);
});

test('space within the peek scrolls it', async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 1440, height: 480 });
  await page.goto('/persons?order=name');
  await expect(page.locator(rows).first()).toContainText(/\w/);
  await page.keyboard.press('j');
  await page.keyboard.press('Space');
  const body = page.getByTestId('peek').getByRole('region', { name: 'Fields' });
  await expect(body.locator('dl').first()).toBeVisible();
  await expect(body).not.toHaveAttribute('inert');
  await body.focus();
  await page.keyboard.press('Space');
  await expect.poll(() => body.evaluate((box) => box.scrollTop)).toBeGreaterThan(0);
  await expect(page.getByTestId('peek')).toBeVisible();
});

test('a value is edited in its cell', async ({ signedIn: page, request }) => {
  void request;
  const product = await create(page.request, 'products', { name: 'Aardvark test rope', category: 'Before' });
  await page.goto(`/products?where=id = '${product.id}'`);
  const cell = page.locator('[data-row="0"]').getByText('Before');
  await cell.click();
  await page.keyboard.press('e');
  const input = page.getByRole('textbox', { name: 'Category' });
  await input.fill('After');
  await input.press('Enter');
  await expect(page.locator('[data-row="0"]')).toContainText('After');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('[data-row="0"]')).toContainText('Before');
});

test('an empty list says what to do', async ({ signedIn: page }) => {
  await page.goto("/persons?where=name = 'Nobody at all'");
  await expect(page.getByText('No persons match this filter')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await expect(page.locator(rows).first()).toContainText(/\w/);
});

test('what others add is counted, not pushed in', async ({ signedIn: page }) => {
  await page.goto('/tasks?order=-created_at');
  await expect(page.locator(rows).first()).toContainText(/\w/);
  await page.waitForTimeout(800);
  await create(page.request, 'tasks', { subject: 'Came from elsewhere' });
  await page.getByRole('button', { name: '1 new' }).click();
  await expect(page.locator('[data-row="0"]')).toContainText('Came from elsewhere');
});

test('the list is accessible', async ({ signedIn: page }) => {
  await page.goto("/persons?where=email is not empty");
  await expect(page.locator(rows).first()).toContainText(/\w/);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Columns' }).click();
  await expect(page.getByLabel('Find a field')).toBeVisible();
  await expectAccessible(page);
});
