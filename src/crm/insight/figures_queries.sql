-- The named statements of insight's figures and of the sets behind their marks. Both are made from
-- the same parts, so that a mark counts exactly the records its set opens. In all of them:
--
--   $1 from, $2 until (moments; until is the first that does not count)   $3 product
--   $4 country, '' all   $5 the organisation's currency   $6 … what the mark says
--
-- For a COPY, which takes no parameters, $1 to $5 stand in settings of the transaction; {{name}}
-- stands for another statement here (figures/figure.hpp, figures/set_names.hpp).

-- name: person_customers
-- Customers: persons who have bought, stand-ins left out.
from persons s join persons_beside b on b.id = s.id
where s.kind <> 'anonymous' and s.removed_at is null and b.orders_count > 0
  and ($4::text = '' or s.address_country = $4::text) {{narrowed}}

-- name: company_customers
from companies s join companies_beside b on b.id = s.id
where s.removed_at is null and b.orders_count > 0
  and ($4::text = '' or s.address_country = $4::text) {{narrowed}}

-- name: person_everyone
from persons s
where s.kind <> 'anonymous' and s.removed_at is null
  and ($4::text = '' or s.address_country = $4::text)

-- name: company_everyone
from companies s
where s.removed_at is null and ($4::text = '' or s.address_country = $4::text)

-- name: person_narrowed
-- Found once and for all: a planner without statistics would look for every person anew.
and s.id in (with b as materialized (select distinct o.person_id as id {{bought}})
             select b.id from b)

-- name: company_narrowed
and s.id in (with b as materialized (select distinct o.company_id as id {{bought}})
             select b.id from b)

-- name: bought
-- Orders and returns that count: not cancelled, in the currency, within the days, of the product.
from orders o
where o.removed_at is null and o.status <> 'cancelled' and o.total_currency = $5::text
  and o.placed_at >= $1::timestamptz and o.placed_at < $2::timestamptz {{product}}

-- name: product
and o.id in (with l as materialized (select n.order_id as id from order_lines n
                                     where n.product_id = $3::uuid and n.removed_at is null)
             select l.id from l)

-- name: copy_amounts
copy (select b.{{measure}} {{customers}} and b.{{measure}} is not null)
to stdout (format binary);

-- name: historic
historic_value

-- name: expected
lifetime_value

-- name: profit
profit

-- name: copy_cells
copy (select b.rfm_cell, count(*), sum(b.historic_value) {{customers}} and b.rfm_cell is not null
      group by 1) to stdout (format binary);

-- name: copy_alive
copy (select b.id, b.probability_alive, b.lifetime_value {{customers}}
        and b.probability_alive is not null and b.lifetime_value is not null)
to stdout (format binary);

-- name: copy_current_future
copy (select b.profit, b.lifetime_value {{customers}}
        and b.profit is not null and b.lifetime_value is not null)
to stdout (format binary);

-- name: copy_offers
copy (select b.next_offer_id, count(*) {{customers}} and b.next_offer_id is not null group by 1)
to stdout (format binary);

-- name: offer_titles
select p.id, p.name,
       (select avg((o.value->>'lift')::float8)
        from (select distinct on (person_id) next_offer, offers from scores
              where next_offer = p.id order by person_id, as_of desc limit 1000) s
        cross join lateral json_array_elements(s.offers) with ordinality o(value, n)
        where o.n = 1)
from products p where p.id = any($1::uuid[]);

-- name: copy_person_bought
copy (select o.person_id, o.placed_at, o.total {{bought}}
        and o.person_id in (select s.id {{everyone}})) to stdout (format binary);

-- name: copy_company_bought
copy (select o.company_id, o.placed_at, o.total {{bought}}
        and o.company_id in (select s.id {{everyone}})) to stdout (format binary);

-- name: titles_of_persons
select id, coalesce(name, '') from persons where id = any($1::uuid[]);

-- name: as_of
select as_of from score_bases order by as_of desc limit 1;

-- name: product_named
select name from products where id = $1;

-- name: copy_warned
-- Of customers with a warning, what it rests on: the newest row of each.
copy (select distinct on (h.person_id) h.as_of, h.last_day, h.purchases, h.rhythm::numeric,
             h.probability_alive, h.bought, h.returned, h.unresolved, h.earlier_average,
             h.latest_average
      from scores h where h.person_id in (
        select s.id {{customers}} and b.churn_warning in ('watch', 'act'))
      order by h.person_id, h.as_of desc)
to stdout (format binary);

-- name: copy_profit_rows
copy (select coalesce(m.{{group}}, ''), sum(m.revenue), sum(m.cost_of_goods), sum(m.discounts),
             sum(m.returns), sum(m.cost_to_serve), count(distinct m.person_id)
      from (select c.*, s.address_country as customer_country, s.lifecycle,
                   to_char(c.month, 'YYYY-MM') as period
            from customer_months c join persons s on s.id = c.person_id
            where s.kind <> 'anonymous' and s.removed_at is null
              and ($4::text = '' or s.address_country = $4::text)
              and {{months}} {{narrowed}}) m
      group by 1) to stdout (format binary);

-- name: by_customer_country
customer_country

-- name: by_channel
channel

-- name: by_month
period

-- name: by_lifecycle
lifecycle

-- name: months
-- Months that the days of the filter touch; twelve hours on, a day is itself in any zone.
c.month >= date_trunc('month', ($1::timestamptz + interval '12 hours') at time zone 'UTC')
and c.month < ($2::timestamptz - interval '12 hours') at time zone 'UTC'

-- name: copy_allocations
copy (select c.channel, to_char(c.month, 'YYYY-MM'), c.cost, c.used_minutes::numeric,
             c.capacity_minutes::numeric, c.unused_cost
      from cost_allocations c where {{months}}
      order by c.month, c.channel) to stdout (format binary);

-- name: set_amount
-- $6 from, $7 to, $8 whether it holds `to` as well
select b.id {{customers}} and b.{{measure}} >= $6::numeric
  and (b.{{measure}} < $7::numeric or ($8::boolean and b.{{measure}} = $7::numeric))

-- name: set_below
-- $6 below which
select b.id {{customers}} and b.{{measure}} < $6::numeric

-- name: set_best
-- $6 how many
select r.id from (
  select b.id {{customers}} and b.{{measure}} is not null
  order by b.{{measure}} desc, b.id limit $6::bigint) r

-- name: set_cell
-- $6 recency and frequency: '54'
select b.id {{customers}} and left(b.rfm_cell, 2) = $6::text

-- name: set_alive
-- $6, $7 probability from and to, $8, $9 value from and to; each `to` is held where it is the last
select b.id {{customers}}
  and b.probability_alive >= $6::numeric and b.probability_alive < $7::numeric
  and b.lifetime_value >= $8::numeric and b.lifetime_value < $9::numeric

-- name: set_quarter
-- $6 bound of profit, $7 of lifetime value, $8 and $9 whether above them
select b.id {{customers}} and (b.profit > $6::numeric) = $8::boolean
  and (b.lifetime_value > $7::numeric) = $9::boolean

-- name: set_offer
-- $6 the product offered
select b.id {{customers}} and b.next_offer_id = $6::uuid

-- name: set_profit
-- $6 the group's key, '' where it is empty
select distinct m.person_id
from (select c.*, s.address_country as customer_country, s.lifecycle,
             to_char(c.month, 'YYYY-MM') as period
      from customer_months c join persons s on s.id = c.person_id
      where s.kind <> 'anonymous' and s.removed_at is null
        and ($4::text = '' or s.address_country = $4::text)
        and {{months}} {{narrowed}}) m
where coalesce(m.{{group}}, '') = $6::text

-- name: set_person_period
select o.person_id {{bought}} and o.person_id in (select s.id {{everyone}})
group by o.person_id having {{activity}}

-- name: set_company_period
select o.company_id {{bought}} and o.company_id in (select s.id {{everyone}})
group by o.company_id having {{activity}}

-- name: was_active
-- $6 a period's beginning, $7 its end; in what follows, $8 the beginning of the period before.
bool_or(o.placed_at >= $6::timestamptz and o.placed_at < $7::timestamptz)

-- name: was_retained
{{was_active}} and {{before}}

-- name: had_defected
not {{was_active}} and {{before}}

-- name: was_won_back
{{was_active}} and not {{before}} and bool_or(o.placed_at < $8::timestamptz)

-- name: was_new
{{was_active}} and not bool_or(o.placed_at < $6::timestamptz)

-- name: before
bool_or(o.placed_at >= $8::timestamptz and o.placed_at < $6::timestamptz)

-- name: set_person_cohort
select o.person_id {{bought}} and o.person_id in (select s.id {{everyone}})
group by o.person_id having {{joined}}

-- name: set_company_cohort
select o.company_id {{bought}} and o.company_id in (select s.id {{everyone}})
group by o.company_id having {{joined}}

-- name: joined
-- $6, $7 the cohort's period, $8, $9 the one they were active in (from, and below)
min(o.placed_at) >= $6::timestamptz and min(o.placed_at) < $7::timestamptz
and bool_or(o.placed_at >= $8::timestamptz and o.placed_at < $9::timestamptz)

-- name: history
-- The rows of one person's scores, newest first.
select as_of, model, rfm_cell, lifetime_value, probability_alive, expected_purchases,
       churn_warning, profit, historic_value, next_offer, first_day, last_day, orders, returns,
       purchases, average, rhythm, bought, returned, unresolved, earlier_average, latest_average,
       offers, currency
from scores where person_id = $1 order by as_of desc limit $2::bigint;

-- name: product_titles
select id, name from products where id = any($1::uuid[]);

-- name: profit_of
select channel, sum(revenue), sum(cost_of_goods), sum(discounts), sum(returns),
       sum(cost_to_serve), sum(minutes)
from customer_months where person_id = $1 group by 1 order by 1;

-- name: profit_of_company
select m.channel, sum(m.revenue), sum(m.cost_of_goods), sum(m.discounts), sum(m.returns),
       sum(m.cost_to_serve), sum(m.minutes)
from customer_months m join persons p on p.id = m.person_id
where p.company_id = $1 group by 1 order by 1;

-- name: purchase_days
-- Days with more bought than given back.
select (placed_at at time zone $2::text)::date, sum(total)
from orders
where person_id = $1 and removed_at is null and status <> 'cancelled' and total_currency = $3
group by 1 having sum(total) > 0 order by 1;

-- name: company_purchase_days
select (placed_at at time zone $2::text)::date, sum(total)
from orders
where company_id = $1 and removed_at is null and status <> 'cancelled' and total_currency = $3
group by 1 having sum(total) > 0 order by 1;
