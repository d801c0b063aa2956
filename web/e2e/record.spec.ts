import { change, create, expect, expectAccessible, test } from './page';

let last = 0;
const person = (page: import('@playwright/test').Page, more: object = {}) =>
  create(page.request, 'persons', { name: { given: 'Test', family: `Berger ${Date.now()}${(last += 1)}` }, ...more });

test('a field is edited in its place, told, and taken back', async ({ signedIn: page }) => {
  const { id } = await person(page, { job_title: 'Buyer' });
  await page.goto(`/persons/${id}`);
  await page.getByRole('button', { name: /^Edit Job title/ }).focus();
  await page.keyboard.press('Enter');
  const input = page.getByRole('textbox', { name: 'Job title' });
  await input.fill('Head of buying');
  await input.press('Enter');
  await expect(page.getByRole('button', { name: /^Edit Job title: Head of buying/ })).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: /^Edit Job title: Buyer/ })).toBeVisible();
  await page.getByRole('tab', { name: 'Changes' }).click();
  await expect(page.getByText('Head of buying').first()).toBeVisible();
});

test('Esc takes an edit back; an error stays at its field', async ({ signedIn: page, watched }) => {
  watched.expected.push(/422/);
  const { id } = await person(page);
  await page.goto(`/persons/${id}`);
  const field = page.getByRole('complementary', { name: 'Fields' }).getByRole('button', { name: /^Edit E-mail/ });
  await field.focus();
  await page.keyboard.press('Enter');
  const input = page.getByRole('textbox', { name: 'E-mail' });
  await input.fill('no address');
  await input.press('Enter');
  await expect(page.locator('[data-editing]')).toContainText(/e-mail/i);
  await expect(input).toBeVisible();
  await input.press('Escape');
  await expect(input).toHaveCount(0);
  await expect(field).toHaveAccessibleName(/empty/);
});

test('a choice is saved with one click', async ({ signedIn: page }) => {
  const { id } = await person(page);
  await page.goto(`/persons/${id}`);
  await page.getByRole('complementary', { name: 'Fields' }).getByRole('button', { name: /^Edit Lifecycle/ }).press('Enter');
  await page.getByRole('option', { name: 'Prospect' }).click();
  await expect(page.getByRole('complementary', { name: 'Fields' }).getByRole('button', { name: /Lifecycle stage: Prospect/ })).toBeVisible();
});

test('when two write the same field, both values are shown and one is chosen', async ({ signedIn: page, watched }) => {
  watched.expected.push(/412/);
  const { id, version } = await person(page, { department: 'First' });
  await page.goto(`/persons/${id}`);
  await page.getByRole('button', { name: /^Edit Department/ }).press('Enter');
  const input = page.getByRole('textbox', { name: 'Department' });
  await input.fill('Mine');
  await change(page.request, 'persons', id, version, { department: 'Theirs' });
  await input.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Mine');
  await expect(dialog).toContainText('Theirs');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Save mine' }).click();
  await expect(page.getByRole('button', { name: /^Edit Department: Mine/ })).toBeVisible();
});

test('when another field was changed meanwhile, nothing is asked', async ({ signedIn: page, watched }) => {
  watched.expected.push(/412/);
  const { id, version } = await person(page, { department: 'First', source: 'Fair' });
  await page.goto(`/persons/${id}`);
  await page.getByRole('button', { name: /^Edit Department/ }).press('Enter');
  await change(page.request, 'persons', id, version, { source: 'Shop' });
  const input = page.getByRole('textbox', { name: 'Department' });
  await input.fill('Second');
  await input.press('Enter');
  await expect(page.getByRole('button', { name: /^Edit Department: Second/ })).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('a record goes to the bin and comes back', async ({ signedIn: page }) => {
  const { id } = await person(page);
  await page.goto(`/persons/${id}`);
  await page.getByRole('banner').or(page.locator('header')).getByRole('button', { name: 'More' }).last().click();
  await page.getByRole('menuitem', { name: 'Move to the bin' }).click();
  await expect(page.getByText('This record is in the bin.')).toBeVisible();
  await page.goto(`/persons?bin=only&where=id = '${id}'`);
  await expect(page.getByTestId('count')).toHaveText('1');
  await page.goto(`/persons/${id}`);
  await page.getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByText('This record is in the bin.')).toHaveCount(0);
});

test('a new record is asked for by its form, required first', async ({ signedIn: page }) => {
  await page.goto('/tasks');
  await page.getByRole('button', { name: 'New task' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Create task' }).click();
  await expect(dialog.getByText('This must be filled in.')).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole('textbox', { name: 'Subject' }).fill('Call about the tents');
  await dialog.getByLabel('Due on').fill('2026-12-01');
  await dialog.getByRole('button', { name: 'Create task' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Call about the tents');
  await expect(page.getByText('1 Dec 2026').first()).toBeVisible();
});

test('a link is chosen by typing part of a name', async ({ signedIn: page }) => {
  const company = await create(page.request, 'companies', { name: `Zirbenhof ${Date.now()}` });
  const { id } = await person(page);
  await page.goto(`/persons/${id}`);
  await page.getByRole('complementary', { name: 'Fields' }).getByRole('button', { name: /^Edit Company/ }).press('Enter');
  await page.getByRole('textbox', { name: 'Company' }).or(page.getByRole('combobox', { name: 'Company' })).first().fill('Zirbenh');
  await page.getByRole('option', { name: /Zirbenhof/ }).first().click();
  await expect(page.getByRole('link', { name: /Zirbenhof/ }).first()).toBeVisible();
  void company;
});

test('one goes on to the next record of the list', async ({ signedIn: page }) => {
  await page.goto('/companies?order=name');
  await page.locator('[data-row="0"] a').click();
  await expect(page.getByText(/^1 of \d/)).toBeVisible();
  const first = await page.getByRole('heading', { level: 1 }).textContent();
  await page.keyboard.press('Control+ArrowDown');
  await expect(page.getByText(/^2 of \d/)).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText(first ?? '');
  await page.keyboard.press('Control+ArrowUp');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(first ?? '');
});

test('the timeline holds what happened, by kind, in few nodes', async ({ signedIn: page }) => {
  const { id } = await person(page);
  for (let n = 0; n < 60; n += 1) {
    const at = new Date(Date.UTC(2026, 5, 1, 8) - n * 86_400_000).toISOString();
    await create(page.request, 'interactions', { at, channel: 'phone', direction: 'incoming', subject: `Call number ${n}`, person: id });
  }
  await page.goto(`/persons/${id}`);
  const timeline = page.getByTestId('timeline');
  await expect(timeline.getByText('Call number 0', { exact: true })).toBeVisible();
  for (let n = 0; n < 12; n += 1) await timeline.evaluate((element) => element.scrollBy(0, 2500)).then(() => page.waitForTimeout(120));
  await expect(timeline.getByText('Call number 59', { exact: true })).toBeVisible();
  expect(await page.locator('*').count()).toBeLessThan(2000);
  await page.getByRole('group', { name: 'Show' }).getByText('Changes').click();
  await expect(timeline.getByText('created the record')).toBeVisible();
  await expect(timeline.getByText('Call number 0', { exact: true })).toHaveCount(0);
});

test('record pages of all types are accessible', async ({ signedIn: page }) => {
  test.slow(); // six pages, each looked at in two schemes
  for (const plural of ['persons', 'companies', 'orders', 'products', 'tasks', 'interactions']) {
    await page.goto(`/${plural}`);
    await page.locator('[data-row="0"] a').click();
    await expect(page.getByRole('tab').first()).toBeVisible();
    await page.waitForTimeout(400);
    await expectAccessible(page);
  }
});
