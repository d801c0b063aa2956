// The sources under version control, or new and not ignored: what the checks look at.
import { execFileSync } from "node:child_process";
import { readFileSync, existsSync, lstatSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

export function listed(...patterns) {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", ...patterns];
  const names = execFileSync("git", args, { cwd: root, maxBuffer: 64 << 20 }).toString().split("\0");
  return names.filter((name) => name && existsSync(join(root, name)) && lstatSync(join(root, name)).isFile());
}

export function read(name) {
  return readFileSync(join(root, name), "utf8");
}

// Prints the findings and sets the exit code.
export function report(findings) {
  for (const finding of findings) console.log(finding);
  process.exitCode = findings.length > 0 ? 1 : 0;
}
