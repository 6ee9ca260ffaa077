-- additive: a server of an earlier version goes on beside one that knows this table
-- The newest sample of each watched rate, whichever server it was given to. Unlogged: a rate is measured again.
create unlogged table control_plane.sample (
  rate text primary key,
  value double precision not null,
  at_ms bigint not null
);
