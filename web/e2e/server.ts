// Starts the program on a new data folder, waits until it serves, and stops it when the tests end.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { FullConfig } from '@playwright/test';

const READY_MS = 90_000;
export const USER = 'nora.test';
export const PASSWORD = 'correct horse battery staple';

export default async function start(config: FullConfig): Promise<() => Promise<void>> {
  const base = config.projects[0]?.use.baseURL ?? '';
  if (process.env['RAPPORT_TEST_RUNNING']) return async () => undefined;
  const root = resolve(import.meta.dirname, '../..');
  const program = resolve(root, process.env['RAPPORT_BINARY'] ?? 'build/release/rapport');
  const data = mkdtempSync(join(tmpdir(), 'rapport-web-'));
  chmodSync(data, 0o755); // as root the database runs as another user
  // The program reads RAPPORT_… as its settings; what is ours is kept from it.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('RAPPORT_')));
  const server = spawn(
    program,
    ['serve', '--data', join(data, 'data'), '--listen', new URL(base).host, '--demo', 'small', '--demo-date', '2026-11-20',
      '--web', join(root, 'web/dist')],
    { stdio: ['ignore', 'inherit', 'inherit'], env },
  );
  const ended = new Promise<void>((done) => server.once('exit', () => done()));
  await ready(base, server);
  execFileSync(program, ['user', 'add', USER, '--role', 'administrator', '--password-stdin', '--data', join(data, 'data')], {
    input: `${PASSWORD}\n`, env,
  });
  return async () => {
    server.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
}

async function ready(base: string, server: { exitCode: number | null }): Promise<void> {
  const until = Date.now() + READY_MS;
  while (Date.now() < until) {
    if (server.exitCode !== null) throw new Error(`The server ended with code ${server.exitCode} before it served.`);
    const answer = await fetch(`${base}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await wait(200);
  }
  throw new Error(`The server was not ready after ${READY_MS} ms.`);
}
