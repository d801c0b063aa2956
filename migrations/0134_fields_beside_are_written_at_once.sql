-- A table PLURAL_beside of which most rows change is built anew and put in the old one's place,
-- which costs a fifth of updating it (entity/write/beside_rebuild.hpp has the steps). Whatever the
-- catalog made of the old table (checks, key, indexes, links, their names) is taken from it.

-- An empty table PLURAL_beside_next like the old one, without its links and indexes.
create function beside_next_begin(beside text) returns void language plpgsql as $$
begin
  execute format('create table %I (like %I including defaults including constraints '
                 'including storage)', beside || '_next', beside);
end
$$;

-- Its key, its indexes and its statistics, once its rows are there. Their names are those of the
-- old ones' numbers until the tables change places.
create function beside_next_index(beside text) returns void language plpgsql as $$
declare
  one record;
begin
  for one in select i.indexrelid, i.indisprimary, pg_get_indexdef(i.indexrelid) as made,
                    pg_get_constraintdef(c.oid) as key
             from pg_index i
             left join pg_constraint c on c.conindid = i.indexrelid and c.contype = 'p'
             where i.indrelid = format('%I', beside)::regclass
             order by i.indisprimary desc, i.indexrelid
  loop
    if one.indisprimary then
      execute format('alter table %I add constraint %I %s', beside || '_next',
                     'beside_next_' || one.indexrelid, one.key);
    else
      execute regexp_replace(one.made, '^CREATE (UNIQUE )?INDEX \S+ ON \S+ ',
                             format('CREATE \1INDEX %I ON %I ', 'beside_next_' || one.indexrelid,
                                    beside || '_next'));
    end if;
  end loop;
  execute format('analyze %I', beside || '_next');
end
$$;

-- Puts it in the old one's place. Others read on while rows that were written since `since` (the
-- oldest transaction under way when the rows were read) are taken over, and wait only for the
-- change of names. Links are checked afterwards, by beside_next_validate.
create function beside_next_swap(beside text, since xid8) returns void language plpgsql as $$
declare
  next text := beside || '_next';
  pointed_at text;
  rows_old bigint;
  rows_next bigint;
  written uuid[];
  one record;
begin
  -- Referenced tables first, as whoever makes a record locks them.
  select string_agg(format('%s', t.confrelid::regclass), ', ' order by t.confrelid)
    into pointed_at
    from (select distinct confrelid from pg_constraint
          where conrelid = format('%I', beside)::regclass and contype = 'f') t;
  execute format('lock table %s in share row exclusive mode', concat_ws(', ', pointed_at,
                                                                        format('%I', beside)));
  execute format('select count(*), coalesce(array_agg(id) filter (where age(xmin) <= age($1)), '
                 '''{}'') from %I', beside)
    into rows_old, written using since::xid;
  execute format('delete from %I where id = any($1)', next) using written;
  execute format('insert into %I select * from %I where id = any($1)', next, beside)
    using written;
  execute format('select count(*) from %I', next) into rows_next;
  if rows_next <> rows_old then  -- some records are no more
    execute format('delete from %I n where not exists (select from %I b where b.id = n.id)', next,
                   beside);
  end if;
  execute format('lock table %s in access exclusive mode', concat_ws(', ', pointed_at,
                                                                     format('%I', beside)));
  for one in select conname, pg_get_constraintdef(oid) as link from pg_constraint
             where conrelid = format('%I', beside)::regclass and contype = 'f'
  loop
    execute format('alter table %I add constraint %I %s not valid', next, one.conname,
                   regexp_replace(one.link, ' NOT VALID$', ''));
  end loop;
  create temp table beside_next_names on commit drop as
    select c.relname as name, i.indexrelid as old from pg_index i
    join pg_class c on c.oid = i.indexrelid
    where i.indrelid = format('%I', beside)::regclass;
  execute format('drop table %I', beside);
  execute format('alter table %I rename to %I', next, beside);
  for one in select name, old from beside_next_names
  loop
    execute format('alter index %I rename to %I', 'beside_next_' || one.old, one.name);
  end loop;
end
$$;

-- Checks the links of a table put in place, while others read and write.
create function beside_next_validate(beside text) returns void language plpgsql as $$
declare
  one record;
begin
  for one in select conname from pg_constraint
             where conrelid = format('%I', beside)::regclass and not convalidated
  loop
    execute format('alter table %I validate constraint %I', beside, one.conname);
  end loop;
end
$$;
