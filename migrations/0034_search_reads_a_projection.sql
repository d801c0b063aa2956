-- Search reads these instead of the records. A change listener keeps them, one row per record and
-- field class, so that a hidden field is not found by. What records a key is found under stands in
-- `words`, so that old keys can be taken away without reading the whole of `search_words`.
create extension if not exists pg_trgm;

create table search_rows (
  object text not null,
  record_id uuid not null,
  class "char" not null,                    -- A to D, as the object file says
  title text not null default '',           -- of class A: what the record is called …
  subtitle text not null default '',        -- … and what tells it from its namesakes
  text text not null,                       -- all words of the class, in search form
  words text[] not null,
  primary key (object, record_id, class)
);

-- A title of several words stands here once from each of its words on, turned round: "ana maria
-- lopez", "maria lopez ana", "lopez ana maria". So whatever part of a name is typed first, the
-- answer is a range of one index, read from its beginning: as fast for "ma" as for "marchetti".
create table search_words (
  object text not null,
  class "char" not null,
  word text collate "C" not null,
  record_id uuid not null,
  primary key (object, class, word, record_id)
);

-- The words there are, for those who misspell them: some hundred thousand for a million persons.
create table search_vocabulary (
  word text collate "C" primary key
);
-- New words wait in the index's pending list, which every search reads: it is kept short.
create index search_vocabulary_similar on search_vocabulary using gin (word gin_trgm_ops)
  with (fastupdate = on, gin_pending_list_limit = 256);

-- Which object types were built, from which fields.
create table search_built (
  object text primary key,
  fingerprint text not null
);
