-- Fields kept beside their records stand in the table PLURAL_beside, whose pieces go with them.
create or replace function catalog_forget_field(object_name text, field_name text) returns void
language plpgsql as $$
begin
  delete from catalog_pieces p using catalog_objects o
   where o.name = object_name and p.field = field_name
     and p.table_name in (o.definition ->> 'plural', (o.definition ->> 'plural') || '_beside');
  delete from catalog_fields where object = object_name and name = field_name;
  if not found then
    raise exception 'the catalog knows no field % of %', field_name, object_name;
  end if;
  update catalog_state set version = version + 1;
end
$$;

create or replace function catalog_forget_object(object_name text) returns void
language plpgsql as $$
begin
  delete from catalog_pieces p using catalog_objects o
   where o.name = object_name
     and p.table_name in (o.definition ->> 'plural', (o.definition ->> 'plural') || '_beside');
  delete from catalog_objects where name = object_name;
  if not found then
    raise exception 'the catalog knows no object type %', object_name;
  end if;
  update catalog_state set version = version + 1;
end
$$;

create or replace function catalog_retype_field(object_name text, field_name text, new_type text)
returns void language plpgsql as $$
begin
  update catalog_pieces p set definition = '?' from catalog_objects o
   where o.name = object_name and p.field = field_name and p.kind = 'column'
     and p.table_name in (o.definition ->> 'plural', (o.definition ->> 'plural') || '_beside');
  update catalog_fields set type = new_type where object = object_name and name = field_name;
  if not found then
    raise exception 'the catalog knows no field % of %', field_name, object_name;
  end if;
  update catalog_state set version = version + 1;
end
$$;

-- Records without their row beside: lists would not show them where they read what stands there.
create function records_beside_missing(object_table text) returns table (id uuid)
language plpgsql stable as $$
begin
  return query execute format(
    'select t.id from %I t where not exists (select from %I b where b.id = t.id) limit 1000',
    object_table, object_table || '_beside');
end
$$;
