-- The named statements of insight. COPY takes no parameters: what a reading depends on stands in
-- settings of its transaction (rapport.zone, rapport.currency, rapport.persons …), and {{name}} in
-- a statement stands for another one (composed in insight_sql.hpp).

-- name: set
select set_config($1, $2, true);

-- name: of_persons
and person_id = any(current_setting('rapport.persons')::uuid[])

-- name: of_ids
and id = any(current_setting('rapport.persons')::uuid[])

-- name: last_order
-- When anybody last bought; by the index, read from its end.
select max(placed_at) from orders where removed_at is null and placed_at <= $1::timestamptz;

-- name: copy_persons
copy (select id from persons
      where kind <> 'anonymous' and removed_at is null {{persons}})
to stdout (format binary);

-- name: copy_orders
-- Orders that do not count come without a person. Ids are wanted of these and of those within the
-- window of profit: a line of any other order counts as bought, and nothing else. What a nought in
-- the total is, the kind tells: an order that was free, or a return that is none (goods exchanged).
copy (select case when counts then person_id end, placed_at, total,
             case when recent or not counts then id end,
             case when recent or total = 0 then kind = 'return' end,
             case when recent then channel end,
             case when recent and discount_currency = total_currency then discount end,
             case when recent and tax_currency = total_currency then tax end
      from (select *, placed_at >= (select current_setting('rapport.recent')::timestamptz) as recent,
                   status <> 'cancelled' and removed_at is null
                   and total_currency = (select current_setting('rapport.currency')) is true as counts
            from orders where true {{persons}}) o)
to stdout (format binary);

-- name: copy_products
-- In an order of their own, since among equal offers the first product goes before.
copy (select id, case when cost_currency = current_setting('rapport.currency') then cost end,
             active and removed_at is null
      from products order by id) to stdout (format binary);

-- name: copy_lines
copy (select person_id, order_id, product_id, quantity
      from order_lines where removed_at is null {{persons}})
to stdout (format binary);

-- name: expected_rows
-- Of orders and lines, as they were last counted; nought where they never were.
select greatest(max(reltuples) filter (where oid = 'orders'::regclass), 0)::bigint,
       greatest(max(reltuples) filter (where oid = 'order_lines'::regclass), 0)::bigint
from pg_class where oid in ('orders'::regclass, 'order_lines'::regclass);

-- name: copy_interactions
copy (select person_id, at, channel, minutes,
             case when cost_currency = current_setting('rapport.currency') then cost end,
             direction = 'incoming', outcome is not distinct from 'unresolved'
      from interactions
      where removed_at is null and at >= current_setting('rapport.since')::timestamptz {{persons}})
to stdout (format binary);

-- name: cost_pools
select channel, extract(year from month)::int * 12 + extract(month from month)::int - 1,
       sum(cost), sum(capacity_minutes)
from cost_pools
where removed_at is null and cost_currency = $1 and month >= $2::date and month <= $3::date
group by 1, 2 order by 1, 2;

-- name: cost_rates
select channel, activity, minutes from cost_rates where removed_at is null;

-- name: copy_scored
-- What everybody's scores are now; who was never scored is left out.
copy (select id, reasons_digest, scored_at, lifetime_value, probability_alive, expected_purchases,
             profit, first_order_at, last_order_at, historic_value_currency, churn_risk
      from persons_beside where scored_at is not null {{persons}})
to stdout (format binary);

-- name: copy_scores_in
copy scores (person_id, as_of, model, rfm_cell, lifetime_value, probability_alive,
  expected_purchases, churn_warning, profit, historic_value, next_offer, currency, first_day,
  last_day, orders, returns, purchases, average, rhythm, bought, returned, unresolved,
  earlier_average, latest_average, offers, as_of_day, churn_risk, first_purchase, last_purchase,
  churn_reasons)
from stdin (format binary);

-- name: copy_months_in
copy customer_months (person_id, month, channel, revenue, cost_of_goods, discounts, returns,
  cost_to_serve, minutes, currency, digest)
from stdin (format binary);

-- name: copy_months
-- Whose months are kept, and what they say in one number a row.
copy (select person_id, digest from customer_months) to stdout (format binary);

-- name: forget_months_next
-- What a refresh left that did not come to its end.
drop table if exists customer_months_next;

-- name: make_months
-- A refresh writes all months into a table of their own, which takes the old one's place: what it
-- would delete, vacuum need not clear away, and whoever reads does not wait.
create table customer_months_next (like customer_months including defaults);

-- name: copy_months_next_in
copy customer_months_next (person_id, month, channel, revenue, cost_of_goods, discounts, returns,
  cost_to_serve, minutes, currency, digest)
from stdin (format binary, freeze);

-- name: index_months
create unique index customer_months_next_of_customer
on customer_months_next (person_id, month, channel);

-- name: analyze_months
analyze customer_months_next;

-- name: drop_months
drop table customer_months;

-- name: rename_months
alter table customer_months_next rename to customer_months;

-- name: rename_months_index
alter index customer_months_next_of_customer rename to customer_months_of_customer;

-- name: try_alone
-- One refresh at a time, in whatever process: held until its transaction ends.
select pg_try_advisory_xact_lock(1382117488, 2);

-- name: lock_publication
-- What a refresh publishes (basis, costs, months) changes at once: rescoring holds this lock shared
-- from before it reads the basis.
select pg_advisory_xact_lock(1382117488, 3);

-- name: share_publication
select pg_advisory_xact_lock_shared(1382117488, 3);

-- name: rescore_in_turn
-- Two rescorings of one person at once would store his months twice: what the first inserts, the
-- second's delete does not see.
select pg_advisory_xact_lock(1382117488, 4);

-- name: repeatable_read
set transaction isolation level repeatable read;

-- name: read_since
-- The oldest transaction under way: what it or a later one changes, this reading may not show.
select pg_snapshot_xmin(pg_current_snapshot())::text;

-- name: release_costs
-- What some customers bore of the pools goes back to the unused costs, or comes out of them again
-- ($2: 1 and -1), so that served and unused add up to the pools at any time.
update cost_allocations a
set unused_cost = a.unused_cost + $2::int * d.cost,
    used_minutes = a.used_minutes - $2::int * d.minutes
from (select channel, month, sum(cost_to_serve) as cost, sum(minutes) as minutes
      from customer_months where person_id = any($1::uuid[]) group by 1, 2) d
where a.channel = d.channel and a.month = d.month;

-- name: clear_months_of
delete from customer_months where person_id = any($1::uuid[]);

-- name: note_rescored
-- A refresh at work has read the months of these customers before they were rescored.
insert into rescored_meanwhile (person_id)
select unnest($1::uuid[]) where exists (select from refreshes where state = 'running');

-- name: forget_rescored
delete from rescored_meanwhile;

-- name: rescored_meanwhile
select distinct person_id from rescored_meanwhile;

-- name: clear_scores_at
delete from scores where as_of = $1 and person_id = any($2::uuid[]);

-- name: clear_allocations
delete from cost_allocations;

-- name: copy_allocations_in
copy cost_allocations (channel, month, cost, used_minutes, capacity_minutes, unused_cost, currency)
from stdin;

-- name: clear_affinities
delete from product_affinities;

-- name: copy_affinities_in
copy product_affinities (product, other, customers, lift, similarity) from stdin;

-- name: affinities_of
select product, other, customers, lift, similarity from product_affinities
where product = any($1::uuid[]);

-- name: keep_basis
insert into score_bases (as_of, basis) values ($1, $2::json)
on conflict (as_of) do update set basis = excluded.basis;

-- name: forget_bases
delete from score_bases where as_of < $1;

-- name: basis
select as_of, basis from score_bases order by as_of desc limit 1;

-- name: begin_refresh
insert into refreshes (id, state, started_at) values ($1, 'running', $2);

-- name: end_broken_refreshes
update refreshes set state = 'failed', finished_at = $1, problem = $2 where state = 'running';

-- name: end_refresh
update refreshes set state = $2, finished_at = $3, scored = $4, seconds = $5,
  problem = nullif($6, ''), notes = $7::json
where id = $1;

-- name: forget_refreshes
delete from refreshes where started_at < $1;

-- name: latest_refresh
-- Notes are those of the last one that fitted models: they stand until the next does.
select state, started_at, finished_at, scored, seconds, problem, id,
       (select notes from refreshes where notes is not null order by started_at desc limit 1)
from refreshes order by started_at desc limit 1;

-- name: refresh_at_work
-- Whether any process holds the lock of try_alone.
select exists (select 1 from pg_locks l join pg_database d on d.oid = l.database
               where d.datname = current_database() and l.locktype = 'advisory'
                 and l.classid = 1382117488 and l.objid = 2 and l.objsubid = 2 and l.granted);

-- name: latest_done_refresh
select finished_at, seconds from refreshes where state = 'done' order by started_at desc limit 1;

-- name: ask_fit
-- Of the job that has the key now, a revived one among them.
insert into fits (id, model, state, asked_at)
select id, $2, 'waiting', $3 from jobs
where key = $1 and state in ('ready', 'running') order by created_at desc limit 1
on conflict (id) do update
set state = 'waiting', asked_at = excluded.asked_at, finished_at = null, problem = null
where fits.state = 'failed';

-- name: begin_fit
insert into fits (id, model, state, asked_at) values ($1, $2, 'running', $3)
on conflict (id) do update set state = 'running';

-- name: end_fit
update fits set state = $2, finished_at = $3, kept = $4, problem = nullif($5, '') where id = $1;

-- name: forget_fits
delete from fits where asked_at < $1;

-- name: fit_told
select id, model, state, asked_at, finished_at, kept, problem from fits
where id = $1 or $1 is null order by asked_at desc, id desc limit 1;

-- name: changed_since
-- Whose orders changed while a refresh was at work ($1: transactions from this one on), who went to
-- the bin or came out of it, and who was scored meanwhile ($2) with the basis before.
select distinct p from (
  select person_id as p from changes
  where (epoch, xid) >= (current_epoch(), $1::xid8)
    and object in ('order', 'order_line', 'interaction') and person_id is not null
  union all
  select unnest(persons) from changes
  where (epoch, xid) >= (current_epoch(), $1::xid8)
    and object in ('order', 'order_line', 'interaction')
  union all
  select record_id from changes
  where (epoch, xid) >= (current_epoch(), $1::xid8) and object = 'person'
    and (kind in ('removed', 'restored') or (kind = 'changed' and fields ? 'kind'))
  union all
  select id from persons_beside where scored_at > $2) c;

-- name: moved_since
-- The companies that an order or a person came to or left meanwhile.
select distinct company::uuid
from changes c cross join lateral jsonb_array_elements_text(c.fields->'company') company
where (c.epoch, c.xid) >= (current_epoch(), $1::xid8) and c.object in ('order', 'person')
  and c.kind in ('changed', 'purged') and jsonb_typeof(c.fields->'company') = 'array'
  and company is not null;

-- name: companies
-- What hangs on each company: scores of the persons who work there, orders placed in its name.
with staff as (
  select p.company_id as id, sum(b.lifetime_value) as lifetime_value, sum(b.profit) as profit
  from persons p join persons_beside b on b.id = p.id
  where p.company_id is not null and p.removed_at is null and p.kind <> 'anonymous'
    and b.scored_at is not null {{staff}}
  group by 1),
bought as (
  select company_id as id, sum(total) as historic_value,
         count(*) filter (where total >= 0) as orders_count,
         max(placed_at) filter (where total >= 0) as last_order_at
  from orders
  where company_id is not null and removed_at is null and status <> 'cancelled'
    and total_currency = $1 and placed_at < $2::timestamptz
    and (total <> 0 or kind <> 'return') {{buyers}}
  group by 1)
select c.id, s.lifetime_value, s.profit, o.historic_value, coalesce(o.orders_count, 0),
       o.last_order_at
from companies c left join staff s on s.id = c.id left join bought o on o.id = c.id
join companies_beside b on b.id = c.id
where (s.id is not null or o.id is not null or b.scored_at is not null)
  and row(b.lifetime_value, b.profit, b.historic_value, coalesce(b.orders_count, -1),
          b.last_order_at)
      is distinct from row(s.lifetime_value, s.profit, o.historic_value,
                           coalesce(o.orders_count, 0), o.last_order_at) {{these}}
order by c.id;  -- as rows are locked

-- name: of_staff
and p.company_id = any($3::uuid[])

-- name: of_buyers
and company_id = any($3::uuid[])

-- name: of_companies
and c.id = any($3::uuid[])

-- name: companies_of_persons
select company_id from persons where id = any($1::uuid[]) and company_id is not null
union
select company_id from orders where person_id = any($1::uuid[]) and company_id is not null;

-- name: keep_learnt
insert into learnt_models (id, kept_at, saved) values ($1, $2, $3);

-- name: learnt
select saved from learnt_models where id = $1;

-- name: renew_learnt
update learnt_models set kept_at = greatest(kept_at, $2) where id = $1 returning saved;

-- name: forget_learnt
-- What no one adopted for long, but for those in use.
delete from learnt_models where kept_at < $1 and id <> all($2::uuid[]);
