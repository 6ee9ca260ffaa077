-- Who is signed in, and what is under way at the door. Who the operators are, what they may do, their passkeys and their
-- tokens' digests are events of the journal: a change of these tables makes nobody an operator.

create table operators.session (
  session_id text primary key,
  -- SHA-256 of the cookie's secret.
  secret_digest bytea not null unique check (octet_length(secret_digest) = 32),
  operator text not null,
  -- Number of the operator's last restricting event when the session began: a later one ends it.
  restricted_at bigint not null,
  method text not null check (method in ('passkey', 'issuer')),
  device text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_seen_at timestamptz not null,
  -- Keyed with a file in HOME/keys: who has only the database can't write a session.
  seal bytea not null check (octet_length(seal) = 32)
);
create index on operators.session (operator);
create index on operators.session (expires_at);

-- One-time challenges of passkeys. A row is taken by the answer to it.
create table operators.challenge (
  challenge text primary key,
  purpose text not null check (purpose in ('sign-in', 'enrol')),
  expires_at timestamptz not null
);
create index on operators.challenge (expires_at);

-- Signature counters of passkeys: one that goes back tells of a copy.
create table operators.passkey_use (
  passkey_id text primary key,
  counter bigint not null,
  last_used_at timestamptz not null
);

create table operators.token_use (
  token_id text primary key,
  last_used_at timestamptz not null
);
