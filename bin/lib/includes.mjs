// Who may include whom. Floors, lowest first; a file includes its own floor's own part or lower
// floors, never higher; floors of one height do not know each other. Wings of crm stand on floors
// too. And some things stand in one place only: SQL, HTTP, libraries that are dear to include.
import { listed, read, report } from "./sources.mjs";

const floors = { base: 1, analytics: 2, store: 2, expression: 2, entity: 3, platform: 4, crm: 5, server: 6 };

// wing → the wings it may include.
const lowest = [];
const second = ["customers", "work"];
const third = [...second, "channels", "offerings", "strategy"];
const fourth = [...third, "sales"];
const fifth = [...fourth, "insight"];
const sixth = [...fifth, "marketing", "service", "loyalty"];
const wings = {
  customers: lowest, work: lowest,
  channels: second, offerings: second, strategy: second,
  sales: third, insight: fourth,
  marketing: fifth, service: fifth, loyalty: fifth,
  partners: sixth,
};

// Headers that only these files may include.
const confined = [
  { header: /^boost\/(asio|beast)/, only: /^src\/server\/(edge\/|.*_test\.cpp)|^scenarios\// },
  { header: /^nlohmann\/json\.hpp/, only: /^src\/base\/json\.hpp$/ },
  { header: /^spdlog\//, only: /^src\/base\/log\.cpp$/ },
  { header: /^libpq-fe\.h/, only: /^src\/store\/|^src\/entity\/.*_test\.cpp$/ },
  { header: /^yaml-cpp\//, only: /\.cpp$/ },
  { header: /^phonenumbers\//, only: /\.cpp$/ },
  { header: /^unicode\//, only: /\.cpp$/ },
  { header: /^curl\//, only: /\.cpp$/ },
  { header: /^(Eigen|xgboost|roaring)\/|^nlopt\.h/, only: /^src\/analytics\/.*\.cpp$/ },
];

// Where SQL may be written. Tests may ask the database what they like.
const sqlPlaces = /^src\/(store\/|entity\/(query|write|gather|catalog)\/|expression\/sql)|_(test|testing|bench)\.cpp$|_queries\.sql$|^scenarios\//;
const sqlText = /"(?:\w*\()?\s*(select|insert into|update|delete from|create (table|index|unique)|alter table|with [a-z_]+ as|copy [a-z_]+) [a-z0-9_*"($]/i;

const findings = [];
for (const file of listed("src/**/*.cpp", "src/**/*.hpp", "src/*.hpp", "src/*.cpp")) {
  const parts = file.split("/");
  const floor = parts[1];
  if (!(floor in floors)) {
    findings.push(`${file}: src/${floor} is no floor (${Object.keys(floors).join(", ")})`);
    continue;
  }
  const isTest = /_(test|fuzz|bench)\.cpp$/.test(file);
  read(file).split("\n").forEach((line, index) => {
    const at = `${file}:${index + 1}`;
    const included = line.match(/^\s*#\s*include\s+["<]([^">]+)[">]/)?.[1];
    if (included) {
      const target = included.split("/")[0];
      if (target in floors && target !== floor) {
        if (floors[target] > floors[floor]) findings.push(`${at}: ${floor} includes the higher floor ${target}: ${included}`);
        else if (floors[target] === floors[floor]) findings.push(`${at}: ${floor} and ${target} do not know each other: ${included}`);
      }
      if (line.includes(`"`) && included.startsWith(".")) findings.push(`${at}: includes are written from src/: ${included}`);
      if (floor === "crm" && target === "crm") {
        const [, wing] = parts.slice(1);
        const [, otherWing, ...rest] = included.split("/");
        if (otherWing !== wing && wings[wing]) {
          if (!wings[wing].includes(otherWing)) findings.push(`${at}: the wing ${wing} may not include ${otherWing}`);
          else if (rest.join("/") !== `${otherWing}.hpp`) findings.push(`${at}: of another wing only its face: crm/${otherWing}/${otherWing}.hpp`);
        }
      }
      if (!isTest) {
        for (const { header, only } of confined) {
          if (header.test(included) && !only.test(file)) findings.push(`${at}: ${included} may not be included here`);
        }
      }
    }
    if (!isTest && !sqlPlaces.test(file) && sqlText.test(line) && !/^\s*\/\//.test(line)) {
      findings.push(`${at}: SQL stands only in store, entity/query, entity/write, entity/gather, entity/catalog, expression/sql and *_queries.sql`);
    }
  });
}
report(findings);
