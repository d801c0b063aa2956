// What the server answers, for the parts that are the same for every object type. A record's own
// fields are known only at run time, from the catalog: that is why no type here names a concept.

export type FieldType =
  | 'id' | 'text' | 'long_text' | 'integer' | 'decimal' | 'percent' | 'money' | 'date' | 'instant' | 'boolean'
  | 'choice' | 'choices' | 'link' | 'email' | 'phone' | 'url' | 'address' | 'person_name' | 'user' | 'json';

export interface Choice {
  name: string;
  label: string;
  color?: string;
}

export interface Field {
  name: string;
  type: FieldType;
  label: string;
  help?: string;
  required?: boolean;
  read_only?: boolean;
  hidden?: boolean;
  system?: boolean;
  custom?: boolean;
  indexed?: boolean;
  max?: number | null;
  choices?: Choice[];
  link_to?: string | null;
  back?: string | null;
  default?: unknown;
  may_set?: boolean;
}

export interface ObjectType {
  name: string;
  plural: string;
  label: { one: string; many: string };
  help?: string;
  icon?: string;
  wing: string;
  title: string;
  torrent?: boolean;
  navigable?: boolean;
  custom?: boolean;
  person_field?: string | null;
  fields: Field[];
  list?: { columns?: string[]; order?: string };
  page?: { highlights?: string[]; tabs?: string[]; related?: string[] };
  timeline?: { at?: string; fields?: string[] } | null;
  may: { create: boolean; change: boolean; remove: boolean };
}

export interface CatalogAnswer {
  version: number | string;
  objects: ObjectType[];
}

export interface RecordData {
  id: string;
  version: number;
  $title?: string;
  $titles?: Record<string, string>;
  [field: string]: unknown;
}

export interface Count {
  value: number;
  kind: 'exact' | 'estimated';
}

export interface Page<T> {
  data: T[];
  page: { after?: string | null; count?: Count | null };
}

export interface User {
  id: string;
  name: string;
  role: string;
  zone?: string;
}

export interface SessionAnswer {
  user: User;
}

export interface FieldProblem {
  pointer: string;
  code: string;
  message: string;
}

export interface ProblemDocument {
  type?: string;
  title: string;
  status: number;
  code: string;
  detail?: string;
  hint?: string;
  errors?: FieldProblem[];
  differing?: Record<string, { yours: unknown; theirs: unknown }>;
  version?: number;
  offset?: number;
  length?: number;
}

export interface Change {
  version: number;
  kind: string;
  at: string;
  actor?: string | null;
  actor_name?: string | null;
  cause?: unknown;
  fields?: Record<string, [unknown, unknown]> | null;
}

export interface TimelineEntry {
  kind: string;
  at: string;
  object: string;
  id: string;
  title?: string;
  actor_name?: string;
  fields?: Record<string, unknown>;
}

export interface SearchHit {
  object: string;
  plural: string;
  id: string;
  title: string;
  subtitle?: string;
  matched?: string;
}

export interface LiveChange {
  object: string;
  id: string;
  version: number;
}
