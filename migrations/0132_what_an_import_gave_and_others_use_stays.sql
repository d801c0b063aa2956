-- A key or an identity that an import gave to a record that was there already is its own to take
-- back, until somebody else names the record by it.
alter table external_keys add column named_since boolean not null default false;
alter table identity_causes add column named_since boolean not null default false;
create index identity_causes_of_identity on identity_causes (identity_id);
