-- Up to which day the customer was known when scored: not the day of `as_of` where the orders are
-- those of an old file. Rows from before say nothing.
alter table scores add column as_of_day date;
