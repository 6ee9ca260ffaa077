-- additive: a server of an earlier version goes on beside one that knows these tables
-- What the servers of one database share besides the journal.

-- The bytes of the newest bundles, in pieces: every server brings them to its own HOME/bundles. The journal says which
-- digest is in force; rows of any other digest are of no meaning.
create table control_plane.bundle (
  version bigint not null,
  sha256 text not null,
  part integer not null,
  bytes bytea not null,
  primary key (version, sha256, part)
);

-- One row: which enforcement points are given bundles first, and which bundle all are given.
create table control_plane.release (
  one_row boolean primary key default true check (one_row),
  plan jsonb,
  promoted_version bigint,
  changes bigint not null
);

-- The latest report of each enforcement point, whichever server it was given to. Unlogged: the points report again.
create unlogged table control_plane.progress (
  point text primary key,
  report jsonb not null,
  at_ms bigint not null
);

-- Public keys that every server must sign with.
create table control_plane.public_key (
  name text primary key,
  public_key text not null
);

-- The key of each incident's personal data, wrapped by HOME/keys/vault.key. Without its row what it sealed is gone.
create table control_plane.incident_key (
  incident_id text primary key,
  wrapped bytea not null
);
