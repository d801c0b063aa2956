-- A table PLURAL_beside_next is made and committed before it takes the old one's place: its rows
-- need not stand in the log, so that the end of its transaction waits until they are on disk, and
-- nobody must be waiting behind that. What a crash in between left is made anew.
create or replace function beside_next_begin(beside text) returns void language plpgsql as $$
begin
  perform beside_next_drop(beside);
  execute format('create table %I (like %I including defaults including constraints '
                 'including storage)', beside || '_next', beside);
end
$$;

create function beside_next_drop(beside text) returns void language plpgsql as $$
begin
  execute format('drop table if exists %I', beside || '_next');
end
$$;
