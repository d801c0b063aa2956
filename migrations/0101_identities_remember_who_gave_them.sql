-- Identities that an import (or whatever else has a cause) gave to persons who were there already:
-- its undo takes them back. Those of new persons go with the person and are not kept here; nor is
-- anything once the undo is done. An identity that went leaves its row: it names nothing any more.
create table identity_causes (
  cause_id uuid not null,
  identity_id uuid not null,
  primary key (cause_id, identity_id)
);
