-- additive: a server of an earlier version goes on beside one that knows these tables
-- Several servers, each with a home of its own, write one log.

-- Every checkpoint that was ever signed: a home that was behind gets each of them, as the one that signed it has.
create table journal.checkpoint (
  size bigint primary key check (size > 0),
  note bytea not null
);

insert into journal.checkpoint (size, note)
select size, checkpoint from journal.head where checkpoint is not null;

-- A trigger, so that what a server of an earlier version signs is kept as well.
create function journal.keep_checkpoint() returns trigger language plpgsql as $$
begin
  insert into journal.checkpoint (size, note) values (new.size, new.checkpoint) on conflict (size) do nothing;
  return null;
end
$$;

create trigger keep_checkpoint after update on journal.head for each row
  when (new.checkpoint is not null and new.checkpoint is distinct from old.checkpoint)
  execute function journal.keep_checkpoint();

-- The homes whose files show the log, by the name in HOME/server.id.
create table journal.home (
  id text primary key,
  -- Tree size of the last checkpoint known to stand in this home's files.
  published bigint not null
);
