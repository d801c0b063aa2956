// Turns what rapport_bench measured into the table of docs/internals/performance.md, or one JSON
// document. Arguments: RESULT IMPORT BESIDE yes|no NAME=VALUE…
import { readFileSync } from "node:fs";

const [, , resultFile, importFile, besideFile, asJson, ...pairs] = process.argv;
const result = JSON.parse(readFileSync(resultFile, "utf8"));
const imported = JSON.parse(readFileSync(importFile, "utf8") || "{}");
const beside = JSON.parse(readFileSync(besideFile, "utf8")).rows ?? [];
const facts = Object.fromEntries(pairs.map((pair) => {
  const [name, value] = pair.split("=");
  return [name, value === "null" ? null : Number(value)];
}));
const document = { ...facts, ...result, beside_refresh: beside, import: { seconds: facts.import_s, ...imported } };

if (asJson === "yes") {
  console.log(JSON.stringify(document));
} else {
  const number = (n, digits = 2) => n.toFixed(digits);
  console.log(`${facts.persons.toLocaleString("en")} persons, ${facts.operations} operations a measurement\n`);
  console.log("| Workload | Connections | p50 ms | p95 ms | p99 ms | a second | server CPU ms | database CPU ms |");
  console.log("|---|--:|--:|--:|--:|--:|--:|--:|");
  for (const row of result.rows) {
    console.log(`| ${row.workload} | ${row.connections} | ${number(row.p50_ms)} | ${number(row.p95_ms)} | ${number(row.p99_ms)} | ${number(row.per_second, 0)} | ${number(row.server_cpu_ms)} | ${number(row.database_cpu_ms)} |`);
  }
  const m = result.memory_mb;
  console.log(`\n| What | Figure |\n|---|--:|`);
  if (facts.load_s) console.log(`| Loading the company | ${facts.load_s} s |`);
  console.log(`| Ready after a restart | ${facts.ready_s} s |`);
  console.log(`| Import of 10,000 rows of new persons with duplicate keys, as seen by the command | ${facts.import_s} s |`);
  console.log(`| Idle memory, server + database | ${m.idle_server} + ${m.idle_database} MB |`);
  console.log(`| Memory after all measurements | ${m.after_server} + ${m.after_database} MB |`);
  if (beside.length > 0) {
    console.log(`\n| Beside a refresh, one connection | Calls | p50 ms | p95 ms | p99 ms | longest ms |`);
    console.log("|---|--:|--:|--:|--:|--:|");
    for (const row of beside) {
      const waits = [row.p50_ms, row.p95_ms, row.p99_ms, row.max_ms].map((ms) => number(ms));
      console.log(`| ${row.workload} | ${row.calls} | ${waits.join(" | ")} |`);
    }
  }
}
