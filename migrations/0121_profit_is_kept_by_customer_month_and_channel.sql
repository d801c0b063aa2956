-- What each customer brought and cost, by month and channel, within the window of profit. Written
-- anew by each refresh, for one customer by each change of his orders.
create table customer_months (
  person_id uuid not null,
  month date not null,
  channel text not null,
  revenue numeric(19,4) not null,         -- before discounts, without tax
  cost_of_goods numeric(19,4) not null,
  discounts numeric(19,4) not null,
  returns numeric(19,4) not null,
  cost_to_serve numeric(19,4) not null,
  minutes double precision not null,
  currency text not null
);
create index customer_months_of_person on customer_months (person_id);

-- How each cost pool was shared out: served + unused = cost, to the cent.
create table cost_allocations (
  channel text not null,
  month date not null,
  cost numeric(19,4) not null,
  used_minutes double precision not null,
  capacity_minutes double precision not null,
  unused_cost numeric(19,4) not null,
  currency text not null,
  primary key (channel, month)
);
