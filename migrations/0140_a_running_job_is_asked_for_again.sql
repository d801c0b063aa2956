-- A job asked for while it runs may have looked already at what it is asked for: when to run it once
-- more. It is forgotten as soon as a run begins.
alter table jobs add column again_at timestamptz;
