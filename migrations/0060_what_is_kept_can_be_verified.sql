-- What `rapport verify` asks of each object type's table. The names come from the catalog.

-- Records whose version is not that of their last change. A torrent's row as it was first written
-- is told by the change of its batch; an identity by the change of its person.
create function records_out_of_step(object_table text, object_name text, torrent boolean)
returns table (id uuid, version integer, logged integer) language plpgsql stable as $$
begin
  return query execute format(
    'select t.id, t.version::integer, c.version::integer
     from %1$I t
     left join lateral (select version from changes
                        where record_id = t.id and object = %2$L
                        order by version desc limit 1) c on true
     where c.version is distinct from t.version
       and not (%2$L = ''identity'' and c.version is null)'
    || case when torrent then
    ' and not (t.version = 1 and t.batch is not null
               and exists (select from changes
                           where record_id = t.batch and object = %2$L and kind = ''batch''))'
       else '' end
    || ' limit 1000', object_table, object_name);
end
$$;

-- Records that the log knows, did not see go, and that are not there.
create function records_lost(object_table text, object_name text)
returns table (id uuid, version integer) language plpgsql stable as $$
begin
  return query execute format(
    'select l.record_id, l.version::integer
     from (select distinct on (record_id) record_id, c.version, kind from changes c
           where object = %2$L and kind <> ''batch''
           order by record_id, c.version desc) l
     where l.kind <> ''purged'' and not exists (select from %1$I t where t.id = l.record_id)
     limit 1000', object_table, object_name);
end
$$;

create function records_counted(object_table text)
returns table (records bigint, in_bin bigint) language plpgsql stable as $$
begin
  return query execute format(
    'select count(*), count(*) filter (where removed_at is not null) from %I', object_table);
end
$$;

-- Persons whose e-mail or phone is not among their identities.
create function identities_missing(person_field text, identity_kind text)
returns table (id uuid) language plpgsql stable as $$
begin
  return query execute format(
    'select p.id from persons p
     where p.%1$I is not null
       and not exists (select from identities i
                       where i.person_id = p.id and i.kind = %2$L and i.value = p.%1$I)
     limit 1000', person_field, identity_kind);
end
$$;
