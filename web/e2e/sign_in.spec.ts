import { expect, expectAccessible, test } from './page';
import { PASSWORD, USER } from './server';

test('a wrong password is told, the right one leads to where one wanted to go', async ({ page, watched }) => {
  watched.expected.push(/401/);
  await page.goto('/companies');
  await expect(page).toHaveURL(/\/sign-in\?to=/);
  await page.getByLabel('Name').fill(USER);
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('do not match');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: /Companies/ })).toBeVisible();
  await expect(page).toHaveURL(/\/companies$/);
});

test('the sign-in page is accessible', async ({ page, watched }) => {
  watched.expected.push(/401/);
  await page.goto('/sign-in');
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await expectAccessible(page);
});

test('signing out leads back to the sign-in', async ({ signedIn: page, watched }) => {
  watched.expected.push(/401/);
  await page.goto('/persons');
  await page.getByRole('button', { name: USER }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto('/persons');
  await expect(page).toHaveURL(/\/sign-in/);
});
