import { create, expect, expectAccessible, test } from './page';

test('the palette finds records and runs commands', async ({ signedIn: page }) => {
  const name = `Quillfeather ${Date.now()}`;
  await create(page.request, 'companies', { name });
  await page.goto('/persons');
  await expect(page.locator('[data-row="0"]')).toContainText(/\w/);
  await page.keyboard.press('Control+k');
  const box = page.getByRole('combobox', { name: /Search records/ });
  await expect(async () => {
    await box.fill('');
    await box.fill('Quillfeath');
    await expect(page.getByRole('option', { name: new RegExp(name) })).toBeVisible({ timeout: 1500 });
  }).toPass();
  await expectAccessible(page);
  await page.getByRole('option', { name: new RegExp(name) }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /Search records/ }).fill('dark');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
});

test('? shows the keys, g leads to a place', async ({ signedIn: page }) => {
  await page.goto('/persons');
  await expect(page.locator('[data-row="0"]')).toContainText(/\w/);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('Keyboard shortcuts');
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await expect(page.getByRole('heading', { level: 1, name: 'Imports' })).toBeVisible();
});

test('an address that leads nowhere says so', async ({ signedIn: page }) => {
  await page.goto('/nosuchthings');
  await expect(page.getByText('There is nothing at this address')).toBeVisible();
  await expectAccessible(page);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test('the navigation is a drawer, rows are cards, a tap opens', async ({ signedIn: page }) => {
    await page.goto('/persons');
    await page.getByRole('button', { name: 'Open the navigation' }).tap();
    await page.getByRole('dialog').getByRole('link', { name: 'Companies' }).tap();
    await expect(page.getByRole('heading', { level: 1, name: 'Companies' })).toBeVisible();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expectAccessible(page);
    await page.locator('[data-row="0"]').tap({ position: { x: 200, y: 44 } });
    await expect(page.getByRole('tab', { name: 'Fields' })).toBeVisible();
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
});
