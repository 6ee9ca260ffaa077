-- The delivery ledger: a row for each person of a notice before anything is sent.

create type notices.audience as enum ('affected', 'general');
create type notices.delivery_state as enum ('planned', 'sending', 'delivered', 'failed', 'unknown');
create type notices.delivery_cause as enum (
  'no_contact', 'address', 'oversized', 'refused', 'deferred', 'disconnected', 'worker_lost', 'reply_lost'
);

-- One mailing of an incident. `edition` tells later mailings (corrections) from the first.
create table notices.notice (
  notice_no integer generated always as identity primary key,
  incident_id text not null,
  edition integer not null check (edition >= 1),
  manifest_digest text not null,
  -- Keys the Message-IDs, so that they tell nothing about the account.
  salt bytea not null check (octet_length(salt) >= 16),
  -- People whom the evidence names and the directory lacks.
  unreachable text[] not null,
  created_at timestamptz not null,
  -- Null while planning goes on (or was cut short): nothing is sent before.
  planned_at timestamptz,
  stopped_at timestamptz,
  stop_reason text,
  unique (incident_id, edition),
  check ((stopped_at is null) = (stop_reason is null))
);

-- A sending process. While it lives it holds the advisory lock (sender lock class, sender_no).
create table notices.sender (
  sender_no integer generated always as identity primary key,
  notice_no integer not null references notices.notice,
  started_at timestamptz not null,
  ended_at timestamptz
);

-- Columns from wide to narrow, and no index but the key: state changes are then heap-only updates in the free space
-- that the fill factor leaves on each page, and the table does not grow while it is worked through.
create table notices.delivery (
  due_at timestamptz,
  changed_at timestamptz,
  notice_no integer not null references notices.notice,
  ordinal integer not null check (ordinal >= 0),
  audience notices.audience not null,
  state notices.delivery_state not null default 'planned',
  sender_no integer,
  cause notices.delivery_cause,
  attempts smallint not null default 0,
  reply_code smallint,
  -- INVARIANT: a person has one message of a notice, whatever the audience.
  primary key (notice_no, ordinal)
) with (fillfactor = 60);
