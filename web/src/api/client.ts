// The one door to the server. Answers are data or a Problem; a Problem carries the sentence a user
// reads, the fields it speaks of and, when stale, what differs.
import type { ProblemDocument } from './wire';

export class Problem extends Error {
  constructor(readonly document: ProblemDocument) {
    super(document.title);
    this.name = 'Problem';
  }
  get status(): number {
    return this.document.status;
  }
  get code(): string {
    return this.document.code;
  }
  // The sentence about one field, by its name, wherever it stood in what was sent.
  of(field: string): string | undefined {
    return this.document.errors?.find((error) => namesField(error.pointer, field))?.message;
  }
}

function namesField(pointer: string, field: string): boolean {
  return pointer === `/${field}` || pointer.startsWith(`/${field}/`) || new RegExp(`^/records/\\d+/${field}(/|$)`).test(pointer);
}

export type Query = Record<string, string | number | boolean | undefined | null>;

export interface Call {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  query?: Query;
  body?: unknown;
  raw?: Blob;
  version?: number;
  signal?: AbortSignal;
}

export function address(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return `/api/v1/${path}${text ? `?${text}` : ''}`;
}

// What the page does when the server no longer knows who we are.
let signedOut: () => void = () => undefined;
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

export async function call<T>(path: string, options: Call = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.raw) headers['Content-Type'] = 'application/octet-stream';
  if (options.version !== undefined) headers['If-Match'] = `"${options.version}"`;
  let response: Response;
  try {
    response = await fetch(address(path, options.query), {
      method: options.method ?? 'GET',
      headers,
      credentials: 'same-origin',
      ...(options.signal && { signal: options.signal }),
      ...(options.raw ? { body: options.raw } : options.body !== undefined && { body: JSON.stringify(options.body) }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem({ status: 0, code: 'web.unreachable', title: 'Unreachable' });
  }
  if (response.ok) {
    const text = response.status === 204 ? '' : await response.text();
    return (text ? JSON.parse(text) : undefined) as T;
  }
  const problem = await readProblem(response);
  if (problem.status === 401 && path !== 'session') signedOut();
  throw problem;
}

async function readProblem(response: Response): Promise<Problem> {
  const plain = { status: response.status, code: `http.${response.status}`, title: response.statusText || `HTTP ${response.status}` };
  try {
    const document = (await response.json()) as Partial<ProblemDocument>;
    return new Problem({ ...plain, ...document, status: response.status });
  } catch {
    return new Problem(plain);
  }
}
