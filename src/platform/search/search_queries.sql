-- The named statements of search. Prefixes are ranges of one index, ended by the highest character:
-- `word >= 'ma' and word < 'ma' || U+10FFFF`, in the order of bytes.

-- name: prefix
-- For each object type and class, and each way the typed text may be kept: the first keys.
select o.object, o.class, p.n, w.word, w.record_id
from unnest($1::text[], $2::text[]) as o(object, class)
cross join unnest($3::text[]) with ordinality as p(prefix, n)
cross join lateral (
  select word, record_id from search_words
  where object = o.object and class = o.class::"char"
    and word >= p.prefix and word < p.prefix || chr(1114111)
  order by word
  limit $4::bigint) w;

-- name: narrowed
-- Several words, not beside each other: of the keys that begin with one of them, those that hold
-- the others, too. `scanned` tells whether all such keys were seen.
select o.object, o.class, p.n, s.scanned, s.ids
from unnest($1::text[], $2::text[]) as o(object, class)
cross join (
  select prefix, string_to_array(others, chr(10)) as others, n
  from unnest($3::text[], $4::text[]) with ordinality as u(prefix, others, n)
  offset 0  -- split once, not at each key
) p
cross join lateral (
  select count(*) as scanned,
         array_to_string((array_agg(c.record_id) filter (where c.holds))[1:$6::integer], ' ') as ids
  from (
    select record_id, ' ' || word like all (p.others) as holds
    from search_words
    where object = o.object and class = o.class::"char"
      and word >= p.prefix and word < p.prefix || chr(1114111)
    order by word
    limit $5::bigint) c) s;

-- name: across
-- Words that stand in different fields: records found by one word, whose whole text (of the classes
-- the caller sees) begins with each of the others, too.
select r.object, r.record_id
from (
  select distinct w.object, w.record_id
  from unnest($1::text[], $2::text[], $3::text[]) as o(object, class, prefix)
  cross join lateral (
    select object, record_id from search_words
    where object = o.object and class = o.class::"char"
      and word >= o.prefix and word < o.prefix || chr(1114111)
    order by word
    limit $6::bigint) w) found
join search_rows r on r.object = found.object and r.record_id = found.record_id
  and (r.object, r.class::text) in (select * from unnest($4::text[], $5::text[]))
group by r.object, r.record_id
having ' ' || string_agg(r.text, ' ') like all ($7::text[])
limit $8::bigint;

-- name: recent
-- The newest records (ids sort by the time they were made) that a popular prefix may mean.
select r.object, r.record_id, r.text
from unnest($1::text[]) as o(object)
cross join lateral (
  select object, record_id, text from search_rows
  where object = o.object and class = 'A'
  order by object desc, record_id desc
  limit $3::bigint) r
where ' ' || r.text like all ($2::text[]);

-- name: by_id
select object, record_id from search_rows
where record_id = $1 and class = 'A' and object = any($2::text[]);

-- name: titles
select r.object, r.record_id, r.title, r.subtitle
from unnest($1::text[], $2::uuid[]) as f(object, record_id)
join search_rows r on r.object = f.object and r.record_id = f.record_id and r.class = 'A';

-- name: similar_threshold
select set_config('pg_trgm.similarity_threshold', $1, true);

-- name: similar
-- Words that share enough groups of three letters with each typed one.
select t.n, s.word
from unnest($1::text[]) with ordinality as t(typed, n)
cross join lateral (
  select word from search_vocabulary
  where word % t.typed
  order by similarity(word, t.typed) desc
  limit $2::bigint) s;

-- name: known
-- What search holds of these records, to change only what differs.
select record_id, class, title, subtitle, text, array_to_string(words, chr(10))
from search_rows where object = $1 and record_id = any($2::uuid[]);

-- name: remove_rows
delete from search_rows r using unnest($2::uuid[], $3::text[]) as gone(record_id, class)
where r.object = $1 and r.record_id = gone.record_id and r.class = gone.class::"char";

-- name: put_rows
insert into search_rows (object, record_id, class, title, subtitle, text, words)
select $1, record_id, class::"char", title, subtitle, text, string_to_array(words, chr(10))
from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
  as new(record_id, class, title, subtitle, text, words)
on conflict (object, record_id, class) do update
set title = excluded.title, subtitle = excluded.subtitle, text = excluded.text,
    words = excluded.words;

-- name: remove_words
delete from search_words w using unnest($2::text[], $3::text[], $4::uuid[]) as
  gone(class, word, record_id)
where w.object = $1 and w.class = gone.class::"char" and w.word = gone.word
  and w.record_id = gone.record_id;

-- name: put_words
insert into search_words (object, class, word, record_id)
select $1, class::"char", word, record_id
from unnest($2::text[], $3::text[], $4::uuid[]) as new(class, word, record_id)
on conflict do nothing;

-- name: learn_words
insert into search_vocabulary (word) select unnest($1::text[]) on conflict do nothing;

-- name: sweep_words
-- Words that no record has any more, of the next so many; gives the last one looked at.
with looked as materialized (
  select word from search_vocabulary where word > $1 order by word limit $2::bigint
), unused as (
  select word from looked l
  where not exists (
    select from unnest($3::text[], $4::text[]) as o(object, class)
    cross join lateral (
      select 1 from search_words w
      where w.object = o.object and w.class = o.class::"char"
        and w.word >= l.word and w.word < l.word || '!'  -- the word alone or with others after it
      limit 1) used)
), gone as (
  delete from search_vocabulary v using unused u where v.word = u.word
)
select max(word) from looked;

-- name: lock
-- Whoever holds this row alone writes the projection: the listener, or a rebuild.
select 1 from listener_cursors where listener = 'search' for update;

-- name: add_cursor
insert into listener_cursors (listener, epoch, xid, ordinal, moved_at)
values ('search', 0, '0', 0, now()) on conflict (listener) do nothing;

-- name: ids
select record_id from search_rows
where object = $1 and class = 'A' and record_id > $2
order by record_id limit $3::bigint;

-- name: drop_rows
delete from search_rows where object = $1;

-- name: drop_words
delete from search_words where object = $1;

-- name: built
select object, fingerprint from search_built;

-- name: set_built
insert into search_built (object, fingerprint) values ($1, $2)
on conflict (object) do update set fingerprint = excluded.fingerprint;

-- name: clear_built
delete from search_built where object = $1;

-- name: clean
select gin_clean_pending_list('search_vocabulary_similar');
