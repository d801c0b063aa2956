-- What a row of months says, in one number: a refresh compares it with what it reckoned, and writes
-- the months of those customers alone that changed. Of rows made before, nothing is known.
alter table customer_months add column digest bigint not null default 0;

-- Who was rescored while a refresh was at work. Without a refresh it means nothing, and none
-- survives a crash.
create unlogged table rescored_meanwhile (person_id uuid not null);
