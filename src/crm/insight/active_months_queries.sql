-- The named statements of active_months/store: rows of customers, and the cells counted from them.

-- name: copy_digests
copy (select person_id, digest from active_months) to stdout (format binary);

-- name: digests_of
select person_id, digest from active_months where person_id = any($1::uuid[]);

-- name: forget
delete from active_months where person_id = any($1::uuid[]);

-- name: copy_in
copy active_months (person_id, digest, months, sums, reasons) from stdin (format binary);

-- name: forget_next
-- What a refresh left that did not come to its end.
drop table if exists active_months_next;

-- name: make_next
create table active_months_next (like active_months including defaults);

-- name: copy_next_in
copy active_months_next (person_id, digest, months, sums, reasons)
from stdin (format binary, freeze);

-- name: key_next
alter table active_months_next add constraint active_months_next_pkey primary key (person_id);

-- name: analyze_next
analyze active_months_next;

-- name: drop_old
drop table active_months;

-- name: rename_next
alter table active_months_next rename to active_months;

-- name: rename_key
alter table active_months rename constraint active_months_next_pkey to active_months_pkey;

-- name: count_from_now
select count_cohorts_of('active_months');

-- name: clear_cells
delete from cohort_cells;

-- name: copy_cells_in
copy cohort_cells (months, cohort, period, customers, stayed, sum) from stdin;

-- name: clear_base
delete from cohort_bases;

-- name: keep_base
insert into cohort_bases (zone, currency) values ($1, $2);
