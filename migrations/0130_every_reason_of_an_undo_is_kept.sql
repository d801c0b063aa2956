-- A record may be left as it is for several reasons: a field altered since, and a key in use.
alter table import_not_undone drop constraint import_not_undone_pkey;
create unique index import_not_undone_once
  on import_not_undone (import_id, object, record_id, hashtextextended(reason, 0));
