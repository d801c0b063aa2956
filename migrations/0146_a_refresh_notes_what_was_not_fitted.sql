-- Why a refresh that fitted models left some family without a new one: a list of sentences, empty
-- where all went well; null where it fitted nothing.
alter table refreshes add column notes json;
