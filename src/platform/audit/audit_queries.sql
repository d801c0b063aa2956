-- The named statements of the audit.

-- name: note
insert into audit (kind, user_id, name, address, subject, details, at)
values ($1, $2, left($3, 200), left($4, 100), left($5, 300), $6::jsonb, $7);

-- name: read
select a.number, a.kind, a.user_id, a.name, a.address, a.subject, a.details, a.at,
       coalesce(u.name, '')
from audit a left join users u on u.id = a.user_id
where ($1::text is null or a.kind = $1) and ($2::uuid is null or a.user_id = $2)
  and ($3::bigint is null or a.number < $3)
order by a.number desc
limit $4;
