-- What of the catalog stands in the database: object types with their fields, and the pieces made
-- of them (columns, constraints, indexes) by which the next start finds what has to be altered.
create table catalog_state (
  only_one boolean primary key default true constraint catalog_state_is_one_row check (only_one),
  version bigint not null
);
insert into catalog_state (version) values (0);

create table catalog_objects (
  name text primary key,
  position integer not null,
  definition json not null -- not jsonb: the order of choices counts
);

create table catalog_fields (
  object text not null references catalog_objects (name) on update cascade on delete cascade,
  name text not null,
  position integer not null,
  type text not null,
  definition json not null,
  primary key (object, name)
);

create table catalog_pieces (
  table_name text not null,
  kind text not null,
  name text not null,
  field text not null,
  definition text not null, -- '?': whatever a migration made of it
  primary key (table_name, kind, name)
);

-- The first statement of each write: holds the catalog as it is until the transaction ends, and
-- raises RC001 where it is no longer the one the write was planned with. The version is read in a
-- statement of its own, whose snapshot is younger than the lock.
create function catalog_assert(planned bigint) returns void language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock_shared(1382117488, 1);
  if (select version from catalog_state) is distinct from planned then
    raise exception 'the catalog changed' using errcode = 'RC001';
  end if;
end
$$;

-- For migrations that drop a field's columns, or a whole object type's table.
create function catalog_forget_field(object_name text, field_name text) returns void
language plpgsql as $$
begin
  delete from catalog_pieces p using catalog_objects o
   where o.name = object_name and p.table_name = o.definition ->> 'plural' and p.field = field_name;
  delete from catalog_fields where object = object_name and name = field_name;
  if not found then
    raise exception 'the catalog knows no field % of %', field_name, object_name;
  end if;
  update catalog_state set version = version + 1;
end
$$;

create function catalog_forget_object(object_name text) returns void language plpgsql as $$
begin
  delete from catalog_pieces p using catalog_objects o
   where o.name = object_name and p.table_name = o.definition ->> 'plural';
  delete from catalog_objects where name = object_name;
  if not found then
    raise exception 'the catalog knows no object type %', object_name;
  end if;
  update catalog_state set version = version + 1;
end
$$;

-- For migrations that altered the columns of a field to those of another type.
create function catalog_retype_field(object_name text, field_name text, new_type text) returns void
language plpgsql as $$
begin
  update catalog_pieces p set definition = '?' from catalog_objects o
   where o.name = object_name and p.table_name = o.definition ->> 'plural'
     and p.field = field_name and p.kind = 'column';
  update catalog_fields set type = new_type where object = object_name and name = field_name;
  if not found then
    raise exception 'the catalog knows no field % of %', field_name, object_name;
  end if;
  update catalog_state set version = version + 1;
end
$$;
