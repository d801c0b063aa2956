// One word per idea: identifiers, tables, fields and routes use the glossary's word. Each row is a
// word that some other system uses, and the one used here. Text in quotes is not looked at, but for
// object files and migrations, whose names become the API's.
import { listed, read, report } from "./sources.mjs";

const words = [
  ["contact_person|ContactPerson|contacts", "persons"],
  ["accounts?_id|AccountId", "company"],
  ["organi[sz]ation_id|OrganizationId", "company"],
  ["household_member|family_id", "household"],
  ["deal_id|deals|DealId", "opportunity"],
  ["ticket_id|tickets|TicketId", "case"],
  ["workflow|Workflow", "journey or rule"],
  ["audience_id|AudienceId", "segment"],
  ["doctype|DocType", "object type"],
  ["dedupe|Dedupe|deduplicat", "merge (of persons), or say it otherwise"],
  ["kpi|KPI", "metric"],
  ["cltv|CLTV", "lifetime value"],
  ["todo_item|TodoItem", "task"],
  ["customer_id|CustomerId", "person (a customer is a lifecycle stage)"],
];
const rules = words.map(([bad, good]) => ({ bad: new RegExp(`(?<![A-Za-z])(${bad})(?![a-z])`), good }));

// Names that outside files bring along.
const allowed = /CustomerID|customer_id,|"customer_id"/;

const findings = [];
const files = listed("src/**/*.cpp", "src/**/*.hpp", "src/**/*.yaml", "migrations/*.sql", "src/**/*.sql", "web/src/**/*.ts", "web/src/**/*.tsx");
for (const file of files) {
  if (/\.gen\.|_test\.cpp$|\.test\.tsx?$|\/generated\//.test(file)) continue;
  read(file).split("\n").forEach((line, index) => {
    const code = /\.(cpp|hpp|ts|tsx)$/.test(file)
      ? line.replace(/\/\/.*$/, "").replace(/"(?:[^"\\]|\\.)*"/g, '""').replace(/'(?:[^'\\]|\\.)*'/g, "''")
      : line.replace(/(#|--).*$/, "");
    if (allowed.test(line)) return;
    for (const { bad, good } of rules) {
      const found = code.match(bad);
      if (found) findings.push(`${file}:${index + 1}: “${found[1]}”: the glossary's word is ${good}`);
    }
  });
}
report(findings);
