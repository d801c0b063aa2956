-- A key that an import gave to a record that was there already: its undo takes it back. Keys of new
-- records go with their records and name no cause.
alter table external_keys add column cause_id uuid;
create index external_keys_of_cause on external_keys (cause_id, object, source, value)
  where cause_id is not null;
