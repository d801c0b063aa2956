-- The named statements of `rapport verify`.

-- name: one_snapshot
-- The database may be in use meanwhile.
set transaction isolation level repeatable read;

-- name: columns
select column_name from information_schema.columns
where table_schema = current_schema() and table_name = $1;

-- name: counted
select records, in_bin from records_counted($1);

-- name: out_of_step
select id, version, logged from records_out_of_step($1, $2, $3::boolean);

-- name: lost
select id, version from records_lost($1, $2);

-- name: beside_missing
select id from records_beside_missing($1);

-- name: identities_missing
select id from identities_missing($1, $2);
