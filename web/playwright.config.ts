import { defineConfig } from '@playwright/test';

// Every test runs against the real server on a fresh private database with the small demo company:
//   RAPPORT_BINARY=build/release/rapport npm run e2e
const PORT = Number(process.env['RAPPORT_TEST_PORT'] ?? 8977);

export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  globalSetup: './e2e/server.ts',
  outputDir: 'test-results',
  // One database, one browser: tests that write use records of their own.
  workers: 1,
  retries: 0,
  // What is right but late on a busy machine is not wrong: speed is measured by bin/bench.
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    baseURL: `http://127.0.0.1:${PORT}`,
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'Europe/Madrid',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    },
  },
});
