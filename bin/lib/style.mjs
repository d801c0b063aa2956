// Style that a machine can see: long lines and files, calls that have a better way, stray files,
// shell and object files without their mark.
import { listed, read, report } from "./sources.mjs";

const COLUMNS_MAX = 100;
const HEADER_LINES_MAX = 260;
const SOURCE_LINES_MAX = 600;

const banned = [
  { call: /\b(strcpy|strcat|sprintf|gets|atoi|atof|strtok|rand|srand)\s*\(/, say: "has a safer way" },
  { call: /\bstd::regex\b/, say: "is slow and can overflow the stack on input; write the loop" },
  { call: /\bnew [A-Z]\w*[({;]/, say: "naked new: use make_unique", allow: /unique_ptr|shared_ptr|placement/ },
  { call: /\bstd::cout\b/, say: "print through the command's output", allowFile: /src\/server\/(main|commands|cli)|_test\.cpp|bench/ },
  { call: /\busing namespace std(?!::\w*literals)/, say: "no" },
  { call: /\bstd::(localtime|gmtime|setlocale)\b|\b(localtime|gmtime)\s*\(/, say: "not thread-safe; base/instant.hpp has time" },
];

const stray = /(^|\/)(\.DS_Store|.*\.(orig|rej|swp|log|o|a|pyc)|core(\.\d+)?)$/;
const rootFiles = new Set(["README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CHANGELOG.md", "LICENSE",
  "CMakeLists.txt", "run", "test", ".gitignore", ".clang-format", ".clang-tidy", ".editorconfig"]);

const findings = [];
for (const file of listed()) {
  if (stray.test(file)) findings.push(`${file}: a stray file`);
  if (!file.includes("/") && !rootFiles.has(file)) findings.push(`${file}: does not belong at the root`);
}
for (const file of listed("src/**/*.cpp", "src/**/*.hpp", "scenarios/**/*.cpp", "bench/**/*.cpp")) {
  if (file.includes(".gen.")) continue;
  const text = read(file);
  const lines = text.split("\n");
  const limit = file.endsWith(".hpp") ? HEADER_LINES_MAX : SOURCE_LINES_MAX;
  if (lines.length > limit && !/_test\.cpp$/.test(file)) {
    findings.push(`${file}: ${lines.length} lines; at most ${limit}: does it hold one thing?`);
  }
  if (file.endsWith(".hpp") && !text.includes("#pragma once")) findings.push(`${file}: no #pragma once`);
  if (!text.endsWith("\n")) findings.push(`${file}: no newline at the end`);
  let table = false;  // between clang-format's marks a table may be as wide as it must
  lines.forEach((line, index) => {
    if (/clang-format (off|on)/.test(line)) table = line.includes("off");
    const at = `${file}:${index + 1}`;
    if (!table && [...line].length > COLUMNS_MAX && !/https?:\/\//.test(line) && !/R"/.test(line)) findings.push(`${at}: longer than ${COLUMNS_MAX} columns`);
    if (/^\s*\/\//.test(line)) return;
    for (const { call, say, allow, allowFile } of banned) {
      if (call.test(line) && !allow?.test(line) && !allowFile?.test(file)) {
        findings.push(`${at}: ${line.match(call)[0]} ${say}`);
      }
    }
  });
}
report(findings);
