-- What an organisation decided; what it did not stands as default in the program.
create table settings (
  name text primary key,
  value text not null,
  changed_at timestamptz not null,
  changed_by uuid
);
