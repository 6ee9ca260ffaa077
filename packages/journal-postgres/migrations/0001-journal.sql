-- The journal: events in the order of the log, and the head of the log that covers them.

create table journal.event (
  -- Index in the log: from 0, without holes.
  seq bigint primary key check (seq >= 0),
  -- Milliseconds since the epoch.
  at_ms bigint not null,
  type text collate "C" not null,
  stream text collate "C" not null,
  -- Place in its stream: from 0, without holes.
  version bigint not null check (version >= 0),
  -- SHA-256(salt || event), as it stands in the log's entry.
  commitment bytea not null,
  -- Salt and event are erased together.
  salt bytea,
  event text,
  erased_by bigint,
  unique (stream, version),
  check ((salt is null) = (event is null)),
  check ((event is null) = (erased_by is not null))
);

-- One row. `checkpoint` is signed before the events are committed, and committed with them: a row of journal.event that
-- no checkpoint of the log's key covers was not written by the log.
create table journal.head (
  one_row boolean primary key default true check (one_row),
  vkey text not null,
  size bigint not null,
  -- Null while the log is empty.
  checkpoint bytea,
  at_ms bigint not null,
  -- Tree size of the last checkpoint known to stand in the log's files, never above size.
  published bigint not null check (published <= size)
);

create table journal.lease (
  name text primary key,
  owner text not null,
  until_ms bigint not null
);
