// Fails where a message catalogue is not as the sources have it, or lacks a translation. Extracts
// into copies, so that the working tree stays as it is.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('..', import.meta.url));
const kept = join(web, 'src/locale');
const fresh = mkdtempSync(join(tmpdir(), 'rapport-messages-'));
const findings = [];

// Messages of a catalogue that have no words in its language.
function untranslated(catalogue) {
  const entries = catalogue.split('\n\n').slice(1); // the first is the catalogue's head
  return entries
    .filter((entry) => /^msgstr ""$(?!\n")/m.test(entry) && !entry.startsWith('#~'))
    .map((entry) => entry.match(/^msgid (.*)$/m)?.[1]);
}

try {
  const catalogues = readdirSync(kept).filter((name) => name.endsWith('.po'));
  for (const name of catalogues) cpSync(join(kept, name), join(fresh, name));
  execFileSync(join(web, 'node_modules/.bin/lingui'), ['extract', '--clean'], {
    cwd: web,
    env: { ...process.env, RAPPORT_MESSAGES: fresh },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (catalogues.length === 0) findings.push('src/locale holds no catalogue');
  for (const name of catalogues) {
    const extracted = readFileSync(join(fresh, name), 'utf8');
    if (extracted !== readFileSync(join(kept, name), 'utf8')) {
      findings.push(`src/locale/${name} is not as the sources have it: npm run extract`);
    }
    for (const message of untranslated(extracted)) findings.push(`src/locale/${name} lacks ${message}`);
  }
} finally {
  rmSync(fresh, { recursive: true });
}
for (const finding of findings) console.log(finding);
process.exitCode = findings.length > 0 ? 1 : 0;
