-- Which products the same customers bought: from these an offer follows for one customer.
create table product_affinities (
  product uuid not null,
  other uuid not null,
  customers integer not null,             -- who bought both
  lift double precision not null,         -- how many times more than by chance
  similarity double precision not null,
  primary key (product, other)
);
