-- Customers who only gave back are scored too: what they are worth, and no purchase.
alter table scores alter column first_day drop not null;
alter table scores alter column last_day drop not null;
