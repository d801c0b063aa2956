-- The name promised a person's key; it is a number of customers.
alter table refreshes rename column persons to scored;
