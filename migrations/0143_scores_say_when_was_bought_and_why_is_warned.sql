-- A warning counts from the last day that was a purchase: an order given back on its day is none.
-- And it says its reasons (codes, heaviest no matter), so that they are counted as they are told.
-- Rows from before say nothing; the next refresh writes new ones.
alter table scores add column first_purchase date;
alter table scores add column last_purchase date;
alter table scores add column churn_reasons text;
