-- additive: a server of an earlier version goes on beside one that knows these tables
-- The bundle that waits for signatures, by SHA-256 of what is signed (hex); in parts of at most 1 MiB.
create table control_plane.prepared_bundle (
  content_sha256 text not null,
  part integer not null,
  bytes bytea not null,
  primary key (content_sha256, part)
);
