-- The named statements of settings.

-- name: all
select name, value from settings;

-- name: set
insert into settings (name, value, changed_at, changed_by) values ($1, $2, $3, $4::uuid)
on conflict (name) do update
set value = excluded.value, changed_at = excluded.changed_at, changed_by = excluded.changed_by
where settings.value <> excluded.value
returning name;

-- name: notify
select pg_notify('settings', '');
