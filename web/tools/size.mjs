// Fails when a page needs more JavaScript than its budget: what the entry and the route load at once,
// each file counted once, as gzip sends it.
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

const BUDGETS_KB = {
  'src/records/list/ListPage.tsx': 230,
  'src/records/record/RecordPage.tsx': 200,
  'src/screens/imports/NewImportPage.tsx': 230,
};
const ALWAYS = ['index.html', 'src/shell/Shell.tsx'];

const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(await readFile(new URL('.vite/manifest.json', dist), 'utf8'));

function reach(key, found = new Set()) {
  if (found.has(key)) return found;
  found.add(key);
  for (const next of manifest[key]?.imports ?? []) reach(next, found);
  return found;
}

let over = false;
for (const [route, budget] of Object.entries(BUDGETS_KB)) {
  if (!manifest[route]) throw new Error(`${route} is not built; has it moved?`);
  const keys = new Set([...ALWAYS, route].flatMap((key) => [...reach(key)]));
  let bytes = 0;
  for (const key of keys) {
    const { file } = manifest[key];
    if (file.endsWith('.js')) bytes += gzipSync(await readFile(new URL(file, dist)), { level: 9 }).length;
  }
  const size = bytes / 1000;
  over ||= size > budget;
  console.log(`${size > budget ? 'OVER ' : 'ok   '} ${route}: ${size.toFixed(1)} of ${budget} kB gz`);
}
process.exitCode = over ? 1 : 0;
