// A condition as chips: the terms of one `and`, each either understood (field, comparison, values) or
// kept as the text it is. Text and chips are two spellings of one thing; nothing typed is lost.
//
//   country = 'ES' and lifecycle in ('customer', 'at_risk') and (a = 1 or b = 2)
//   → [country = ES] [lifecycle in customer, at_risk] [(a = 1 or b = 2)]

export type Operator =
  | '=' | '!=' | '<' | '<=' | '>' | '>=' | 'contains' | 'not contains' | 'starts with' | 'not starts with'
  | 'in' | 'not in' | 'between' | 'not between' | 'is empty' | 'is not empty';

// What is compared with: a text, or a word that stands bare (12.5, 500 EUR, 2026-01-31, -90d, me).
export interface Literal {
  quoted: boolean;
  text: string;
}

export interface Simple {
  kind: 'simple';
  path: string;
  operator: Operator;
  values: Literal[];
}

export interface Written {
  kind: 'written';
  text: string;
}

export type Condition = Simple | Written;

interface Token {
  kind: 'word' | 'text' | 'number' | 'moment' | 'sign';
  text: string;
  from: number;
  to: number;
}

const PATTERNS: [Token['kind'] | 'space', RegExp][] = [
  ['space', /[ \t\r\n\u00a0]+/y],
  ['text', /'(?:[^']|'')*'/y],
  ['moment', /\d{4}-\d{2}-\d{2}(?:[Tt][\d:.]+(?:[Zz]|[+-][\d:]+)?)?/y],
  ['number', /(?:\d+(?:\.\d+)?|\.\d+)[A-Za-z]*%?/y],
  ['word', /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*/y],
  ['sign', /!=|<=|>=|[=<>(),+%-]/y],
];

// Nothing where the text holds something the language does not know; the server then says what.
function tokens(text: string): Token[] | undefined {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const hit = PATTERNS.map(([kind, pattern]) => {
      pattern.lastIndex = at;
      return { kind, match: pattern.exec(text)?.[0] };
    }).find(({ match }) => match);
    if (!hit?.match) return undefined;
    if (hit.kind !== 'space') found.push({ kind: hit.kind, text: hit.match, from: at, to: at + hit.match.length });
    at += hit.match.length;
  }
  return found;
}

const isWord = (token: Token | undefined, word: string) => token?.kind === 'word' && token.text.toLowerCase() === word;

export function parseConditions(text: string): Condition[] {
  if (!text.trim()) return [];
  const all = tokens(text);
  if (!all) return [{ kind: 'written', text: text.trim() }];
  const terms = splitByAnd(all);
  if (!terms) return [{ kind: 'written', text: text.trim() }];
  return terms.map((term) => readSimple(term) ?? { kind: 'written', text: spelled(text, term) });
}

function spelled(text: string, term: Token[]): string {
  return text.slice(term[0]?.from ?? 0, term.at(-1)?.to ?? 0);
}

// The terms of the outermost `and`; nothing where an `or` stands beside it.
function splitByAnd(all: Token[]): Token[][] | undefined {
  const terms: Token[][] = [[]];
  let depth = 0;
  let awaitsAnd = false; // of between
  for (const token of all) {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (depth === 0 && isWord(token, 'or')) return undefined;
    if (depth === 0 && isWord(token, 'between')) awaitsAnd = true;
    if (depth === 0 && isWord(token, 'and')) {
      if (!awaitsAnd) {
        terms.push([]);
        continue;
      }
      awaitsAnd = false;
    }
    terms.at(-1)?.push(token);
  }
  return depth === 0 && terms.every((term) => term.length > 0) ? terms : undefined;
}

const SIGNS = ['=', '!=', '<', '<=', '>', '>='];

function readSimple(term: Token[]): Simple | undefined {
  const [path, ...rest] = term;
  if (path?.kind !== 'word' || ['not', 'true', 'false'].includes(path.text.toLowerCase())) return undefined;
  const make = (operator: Operator, values: (Literal | undefined)[]): Simple | undefined =>
    values.every((value) => value !== undefined) ? { kind: 'simple', path: path.text, operator, values } : undefined;

  if (rest.length === 0) return make('=', [{ quoted: false, text: 'true' }]);
  if (isWord(rest[0], 'is')) {
    if (rest.length === 2 && isWord(rest[1], 'empty')) return make('is empty', []);
    if (rest.length === 3 && isWord(rest[1], 'not') && isWord(rest[2], 'empty')) return make('is not empty', []);
    return undefined;
  }
  if (rest[0]?.kind === 'sign') {
    return SIGNS.includes(rest[0].text) ? make(rest[0].text as Operator, [literal(rest.slice(1))]) : undefined;
  }
  const negated = isWord(rest[0], 'not');
  const body = negated ? rest.slice(1) : rest;
  const operator = (word: string) => (negated ? `not ${word}` : word) as Operator;
  if (isWord(body[0], 'contains')) return make(operator('contains'), [literal(body.slice(1))]);
  if (isWord(body[0], 'starts') && isWord(body[1], 'with')) return make(operator('starts with'), [literal(body.slice(2))]);
  if (isWord(body[0], 'in')) return make(operator('in'), readList(body.slice(1)));
  if (isWord(body[0], 'between')) {
    const and = body.findIndex((token) => isWord(token, 'and'));
    return and > 0 ? make(operator('between'), [literal(body.slice(1, and)), literal(body.slice(and + 1))]) : undefined;
  }
  return undefined;
}

function readList(list: Token[]): (Literal | undefined)[] {
  if (list[0]?.text !== '(' || list.at(-1)?.text !== ')') return [undefined];
  const parts: Token[][] = [[]];
  for (const token of list.slice(1, -1)) {
    if (token.text === ',') parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.map(literal);
}

function literal(part: Token[]): Literal | undefined {
  const [first] = part;
  if (!first || part.some((token) => token.text === '(' || token.text === ')')) return undefined;
  if (first.kind === 'text') {
    return part.length === 1 ? { quoted: true, text: first.text.slice(1, -1).replaceAll("''", "'") } : undefined;
  }
  // Signs bind to what follows at the beginning (-90d) and stand apart within (today - 7d).
  const text = part.reduce((sum, token, index) => {
    const tight = index === 0 || (index === 1 && part[0]?.kind === 'sign') || token.text === '%';
    return sum + (tight ? '' : ' ') + token.text;
  }, '');
  return part.length <= 4 ? { quoted: false, text } : undefined;
}

export function literalText({ quoted, text }: Literal): string {
  return quoted ? `'${text.replaceAll("'", "''")}'` : text;
}

export function conditionText(condition: Condition): string {
  if (condition.kind === 'written') return condition.text;
  const { path, operator, values } = condition;
  const texts = values.map(literalText);
  if (operator === 'is empty' || operator === 'is not empty') return `${path} ${operator}`;
  if (operator === 'in' || operator === 'not in') return `${path} ${operator} (${texts.join(', ')})`;
  if (operator === 'between' || operator === 'not between') return `${path} ${operator} ${texts.join(' and ')}`;
  return `${path} ${operator} ${texts[0] ?? "''"}`;
}

export function conditionsText(conditions: Condition[]): string {
  if (conditions.length === 1) return conditions.map(conditionText).join('');
  return conditions.map((one) => (one.kind === 'written' && hasOuterOr(one.text) ? `(${one.text})` : conditionText(one))).join(' and ');
}

function hasOuterOr(text: string): boolean {
  const all = tokens(text);
  return !all || splitByAnd(all) === undefined;
}

// Whether there is anything to compare with yet; a chip still being made is left out of the question.
export function isComplete(condition: Condition): boolean {
  if (condition.kind === 'written') return condition.text.trim() !== '';
  if (condition.operator.endsWith('empty')) return true;
  if (condition.operator.endsWith('between')) return condition.values.length === 2 && condition.values.every((one) => one.text !== '');
  return condition.values.length > 0 && condition.values.every((one) => one.text !== '');
}
