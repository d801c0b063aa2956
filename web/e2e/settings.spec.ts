import { expect, expectAccessible, test } from './page';

test('an administrator finds users and settings, and keeps what is set there', async ({ signedIn: page }) => {
  await page.goto('/persons');
  await page.getByRole('button', { name: 'nora.test' }).click();
  await expect(page.getByRole('menuitem', { name: 'Users' })).toBeVisible();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  const name = page.getByLabel('Organisation', { exact: true });
  await name.fill('Firnspur');
  await name.press('Enter');
  await expect(page.getByText('Organisation saved.')).toBeVisible();
  await page.reload();
  await expect(name).toHaveValue('Firnspur');
  await expectAccessible(page);
});

test('a key is shown once, opens the API, and no longer when removed', async ({ signedIn: page, playwright }) => {
  await page.goto('/settings');
  await page.getByLabel('Name of a new key').fill('Web shop');
  await page.getByLabel('May').selectOption({ label: 'Read only' });
  await page.getByRole('button', { name: 'Make a key' }).click();
  const key = (await page.getByRole('status').locator('code').textContent()) ?? '';
  const baseURL = test.info().project.use.baseURL ?? '';
  const program = await playwright.request.newContext({ baseURL, extraHTTPHeaders: { Authorization: `Bearer ${key}` } });
  expect((await program.get('/api/v1/persons?limit=1')).status()).toBe(200);
  await page.getByRole('button', { name: 'Remove Web shop' }).click();
  await expect(page.getByRole('cell', { name: /Web shop/ })).toHaveCount(0);
  expect((await program.get('/api/v1/persons?limit=1')).status()).toBe(401);
  await program.dispose();
});

test('a user signs in with the password an administrator gave', async ({ signedIn: page, playwright }) => {
  const baseURL = test.info().project.use.baseURL ?? '';
  await page.goto("/users?where=name = 'lena.hofer'");
  await page.getByRole('link', { name: 'Lena Hofer' }).click();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Set a password' }).click();
  await page.getByLabel('New password').fill('snow on the ridge');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await expect(page.getByText('Lena Hofer can sign in with the new password.')).toBeVisible();
  const other = await playwright.request.newContext({ baseURL });
  const answer = await other.post('/api/v1/session', {
    data: { name: 'lena.hofer', password: 'snow on the ridge' }, headers: { Origin: new URL(baseURL).origin },
  });
  expect(answer.status()).toBe(201);
  await other.dispose();
});

test('customers nobody knows are shown when asked for', async ({ signedIn: page }) => {
  await page.goto('/persons');
  const count = page.getByTestId('count');
  const known = Number((await count.textContent())?.replace(/\D/g, ''));
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Show unknown customers' }).click();
  await expect(page).toHaveURL(/stand_ins=true/);
  await expect.poll(async () => Number((await count.textContent())?.replace(/\D/g, ''))).toBeGreaterThan(known);
  await page.goto("/persons?stand_ins=true&where=name is empty");
  await expect(page.getByText('Unknown customer').first()).toBeVisible();
});
