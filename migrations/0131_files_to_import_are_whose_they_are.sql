-- Who brought the file: its rows are for him and for administrators. Whose a file was that has been
-- imported already, its import says; the others are nobody's but the administrators'.
alter table import_files add column created_by uuid;
update import_files f set created_by = (
  select i.created_by from imports i where i.file_id = f.id order by i.created_at limit 1);
