-- The named statements of insight's figures and of the sets behind their marks. Both are made from
-- the same parts, so that a mark counts exactly the records its set opens. In all of them:
--
--   $1 from, $2 until (moments; until is the first that does not count)   $3 product
--   $4 country   $5 the organisation's currency   $6, $7 the same days as $1, $2, both included
--   $8 … what the mark says
--
-- A COPY takes no parameters: there $1 to $7 are written out, so that the planner sees them.
-- {{name}} stands for another statement here, or for one that the filter chose
-- (figures/figure.hpp, figures/set_names.hpp). What a filter does not ask for is left out: under
-- "$4 = '' or country = $4" the planner expected one customer in two hundred and looked for each by
-- itself.

-- name: person_customers
-- Customers: persons with an order or a return, and with it a historic value; stand-ins and the bin
-- left out. Who only returned is one: he costs money. Scores of purchases he has none.
from persons_beside b
where b.historic_value_currency = $5::text {{shown}} {{narrowed}}

-- name: company_customers
from companies_beside b
where b.historic_value_currency = $5::text {{shown}} {{narrowed}}

-- name: person_shown
and not exists (select from persons s where s.id = b.id
                  and (s.kind = 'anonymous' or s.removed_at is not null))

-- name: person_in_country
and exists (select from persons s where s.id = b.id and s.kind <> 'anonymous'
              and s.removed_at is null and s.address_country = $4::text)

-- name: company_shown
and not exists (select from companies s where s.id = b.id and s.removed_at is not null)

-- name: company_in_country
and exists (select from companies s where s.id = b.id and s.removed_at is null
              and s.address_country = $4::text)

-- name: person_narrowed
-- Found once and for all: a planner without statistics would look for every person anew.
and b.id in (with n as materialized (select distinct b.id {{person_bought}})
             select n.id from n)

-- name: company_narrowed
and b.id in (with n as materialized (select distinct b.id {{company_bought}})
             select n.id from n)

-- name: person_bought
-- Orders and returns that count: not cancelled, in the currency, within the days, of the product,
-- and no return of nought, as where goods are exchanged.
from (select o.person_id as id, o.id as order_id, o.placed_at, o.total from orders o
      where o.removed_at is null and o.status <> 'cancelled'
        and o.total_currency = $5::text and (o.total <> 0 or o.kind <> 'return')) b
where true {{within}} {{product}}

-- name: company_bought
from (select o.company_id as id, o.id as order_id, o.placed_at, o.total from orders o
      where o.removed_at is null and o.status <> 'cancelled'
        and o.total_currency = $5::text and (o.total <> 0 or o.kind <> 'return')
        and o.company_id is not null) b
where true {{within}} {{product}}

-- name: within
and b.placed_at >= $1::timestamptz and b.placed_at < $2::timestamptz

-- name: product
and b.order_id in (with l as materialized (select n.order_id as id from order_lines n
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

-- name: copy_person_countries
copy (select coalesce(s.address_country, ''), count(*) from persons s
      where s.kind <> 'anonymous' and s.removed_at is null
        and s.id in (select b.id {{customers}})
      group by 1) to stdout (format binary);

-- name: copy_company_countries
copy (select coalesce(s.address_country, ''), count(*) from companies s
      where s.removed_at is null and s.id in (select b.id {{customers}})
      group by 1) to stdout (format binary);

-- name: copy_offers
copy (select b.next_offer_id, count(*) {{customers}} and b.next_offer_id is not null group by 1)
to stdout (format binary);

-- name: copy_offer_lifts
-- The mean lift of each first offer, of two hundred customers at most, drawn by the hash of their
-- ids, by the newest row of each. Best sellers have none: nothing was bought with them.
copy (select c.next_offer_id, avg((h.offers->0->>'lift')::numeric)
      from (select b.id, b.next_offer_id,
                   row_number() over (partition by b.next_offer_id order by uuid_hash(b.id)) as n
            {{customers}} and b.next_offer_id is not null) c
      cross join lateral (select s.next_offer, s.offers from scores s where s.person_id = c.id
                          order by s.as_of desc limit 1) h
      where c.n <= 200 and h.next_offer = c.next_offer_id
        and h.offers->0->>'because' is not null
      group by 1) to stdout (format binary);

-- name: copy_bought
copy (select b.id, b.placed_at, b.total {{bought}} {{shown}}) to stdout (format binary);

-- name: titles_of_persons
select id, coalesce(name, '') from persons where id = any($1::uuid[]);

-- name: as_of
select as_of from score_bases order by as_of desc limit 1;

-- name: copy_warned
-- What warnings rest on, by how many customers: each has a row of his own for every reason.
copy (select w.reason, count(*) {{warned}} group by 1) to stdout (format binary);

-- name: warned
-- Customers with a warning and why, as the newest row of each says.
from (select b.id {{customers}} and b.churn_warning in ('watch', 'act')) c
cross join lateral (select s.churn_reasons from scores s where s.person_id = c.id
                    order by s.as_of desc limit 1) h
cross join lateral unnest(string_to_array(h.churn_reasons, ' ')) w (reason)

-- name: copy_profit_rows
-- A row a person, month and channel; whether he is a customer besides.
copy (select {{group}}, b.id, c.historic_value is not null, b.revenue, b.cost_of_goods, b.discounts,
             b.returns, b.cost_to_serve
      {{months}} {{shown}} {{narrowed}}) to stdout (format binary);

-- name: months
-- Of persons: months that the days of the filter touch.
from (select m.*, m.person_id as id from customer_months m where m.currency = $5::text
      {{month_within}}) b
join persons_beside c on c.id = b.id {{and_persons}}
where true

-- name: and_persons
join persons p on p.id = b.id

-- name: month_within
and m.month >= date_trunc('month', $6::date) and m.month <= $7::date

-- name: by_customer_country
coalesce(p.address_country, '')

-- name: by_channel
b.channel

-- name: by_month
left(b.month::text, 7)

-- name: by_lifecycle
coalesce(p.lifecycle, '')

-- name: by_rfm_cell
-- Recency and frequency, as the cells of the grid: '54'.
coalesce(left(c.rfm_cell, 2), '')

-- name: copy_allocations
copy (select m.channel, to_char(m.month, 'YYYY-MM'), m.cost, m.used_minutes::numeric,
             m.capacity_minutes::numeric, m.unused_cost
      from cost_allocations m where m.currency = $5::text {{month_within}}
      order by m.month, m.channel) to stdout (format binary);

-- name: set_amount
-- $8 from, $9 to, which it does not hold
select b.id {{customers}} and b.{{measure}} >= $8::numeric and b.{{measure}} < $9::numeric

-- name: set_below
-- $8 below which
select b.id {{customers}} and b.{{measure}} < $8::numeric

-- name: set_best
-- $8 how many
select r.id from (
  select b.id {{customers}} and b.{{measure}} is not null
  order by b.{{measure}} desc, b.id limit $8::bigint) r

-- name: set_cell
-- $8 recency and frequency: '54'
select b.id {{customers}} and left(b.rfm_cell, 2) = $8::text

-- name: set_alive
-- $8, $9 probability from and to, $10, $11 value from and to; no `to` is held
select b.id {{customers}}
  and b.probability_alive >= $8::numeric and b.probability_alive < $9::numeric
  and b.lifetime_value >= $10::numeric and b.lifetime_value < $11::numeric

-- name: set_quarter
-- $8 bound of profit, $9 of lifetime value, $10 and $11 whether above them
select b.id {{customers}} and (b.profit > $8::numeric) = $10::boolean
  and (b.lifetime_value > $9::numeric) = $11::boolean

-- name: set_warned
-- $8 the code of a reason of the warning
select c.id {{warned}} where w.reason = $8::text

-- name: set_offer
-- $8 the product offered
select b.id {{customers}} and b.next_offer_id = $8::uuid

-- name: set_country
-- $8 the country
select b.id {{customers}} {{of_country}}

-- name: person_of_country
and exists (select from persons k where k.id = b.id and k.address_country = $8::text)

-- name: company_of_country
and exists (select from companies k where k.id = b.id and k.address_country = $8::text)

-- name: set_profit
-- $8 the group's key, '' where it is empty
select distinct b.id {{months}} {{shown}} {{narrowed}} and {{group}} = $8::text

-- name: set_without_orders
-- Who cost something and has neither order nor return.
select distinct b.id {{months}} {{shown}} {{narrowed}} and c.historic_value is null

-- name: set_period
select b.id {{bought}} {{shown}} group by b.id having {{activity}}

-- name: was_active
-- $8 a period's beginning, $9 its end; in what follows, $10 the beginning of the period before.
bool_or(b.placed_at >= $8::timestamptz and b.placed_at < $9::timestamptz)

-- name: was_retained
{{was_active}} and {{before}}

-- name: had_defected
not {{was_active}} and {{before}}

-- name: was_won_back
{{was_active}} and not {{before}} and bool_or(b.placed_at < $10::timestamptz)

-- name: was_new
{{was_active}} and not bool_or(b.placed_at < $8::timestamptz)

-- name: before
bool_or(b.placed_at >= $10::timestamptz and b.placed_at < $8::timestamptz)

-- name: set_cohort
-- $8, $9 the cohort's period, $10, $11 the one they were active in (from, and below)
select b.id {{bought}} {{shown}} group by b.id
having min(b.placed_at) >= $8::timestamptz and min(b.placed_at) < $9::timestamptz
and bool_or(b.placed_at >= $10::timestamptz and b.placed_at < $11::timestamptz)

-- name: cohort_base
-- In which zone and currency active months are kept.
select zone, currency from cohort_bases;

-- name: copy_cohort_cells
-- What is kept of everybody; who went into the bin since is among them.
copy (select months, cohort, period, customers, stayed,
             case when abs(sum) < 9223372036854775807 then sum::bigint end
      from cohort_cells where customers <> 0) to stdout (format binary);

-- name: copy_months_in_bin
copy (select a.months, a.sums, a.reasons
      from persons s join active_months a on a.person_id = s.id
      where s.removed_at is not null) to stdout (format binary);

-- name: copy_months_of
copy (select b.months, b.sums, b.reasons {{kept}}) to stdout (format binary);

-- name: kept
from (select m.person_id as id, m.months, m.sums, m.reasons from active_months m) b
where true {{shown}}

-- name: set_kept_cohort
-- $8, $9 the first and the last month of the cohort's period, $10, $11 of the one they were active in
select b.id {{kept}} and b.months[1] >= $8::bigint and b.months[1] <= $9::bigint
  and b.months && array(select generate_series($10::bigint, $11::bigint)::smallint)

-- name: set_kept_period
-- A period is its months, both included: $8 and $9 those of the one asked for. They are numbered
-- from January of the year 0.
select b.id {{kept}} and {{activity}}

-- name: kept_active
b.months && array(select generate_series($8::bigint, $9::bigint)::smallint)

-- name: kept_before
-- $10 the first month of the period before
b.months && array(select generate_series($10::bigint, $8::bigint - 1)::smallint)

-- name: kept_retained
{{kept_active}} and {{kept_before}}

-- name: kept_defected
{{kept_before}} and not {{kept_active}}

-- name: kept_won_back
{{kept_active}} and not {{kept_before}} and b.months[1] < $10::bigint

-- name: kept_new
b.months[1] >= $8::bigint and b.months[1] <= $9::bigint

-- name: set_kept_warned
-- $8 the number of a reason of the warning
select b.id {{kept}} and (b.reasons >> $8::integer) & 1 = 1

-- name: history
-- The rows of one person's scores, newest first.
select as_of, model, rfm_cell, lifetime_value, probability_alive, expected_purchases,
       churn_warning, profit, historic_value, next_offer, first_day, last_day, orders, returns,
       purchases, average, rhythm, bought, returned, unresolved, earlier_average, latest_average,
       offers, as_of_day, churn_risk, first_purchase, last_purchase
from scores where person_id = $1 order by as_of desc limit $2::bigint;

-- name: product_titles
select id, name from products where id = any($1::uuid[]);

-- name: profit_of
select channel, sum(revenue), sum(cost_of_goods), sum(discounts), sum(returns),
       sum(cost_to_serve), sum(minutes)
from customer_months where person_id = $1 and currency = $2 group by 1 order by 1;

-- name: profit_of_company
-- Of those whose profit the company's is the sum of ("companies" in insight_queries.sql): who is
-- scored and not in the bin. Who only called is no customer, and his cost is nobody's profit.
select m.channel, sum(m.revenue), sum(m.cost_of_goods), sum(m.discounts), sum(m.returns),
       sum(m.cost_to_serve), sum(m.minutes)
from customer_months m join persons p on p.id = m.person_id
join persons_beside b on b.id = p.id
where p.company_id = $1 and p.removed_at is null and b.scored_at is not null and m.currency = $2
group by 1 order by 1;

-- name: purchase_days
select (placed_at at time zone $2::text)::date, sum(total)
from orders
where person_id = $1 and {{purchases_by_day}};

-- name: company_purchase_days
select (placed_at at time zone $2::text)::date, sum(total)
from orders
where company_id = $1 and {{purchases_by_day}};

-- name: purchases_by_day
-- Days that are purchases, by the rule of analytics::DayOfOrders.
removed_at is null and status <> 'cancelled' and total_currency = $3
  and (total <> 0 or kind <> 'return')
group by 1 having sum(total) > 0 or bool_and(total >= 0) order by 1
