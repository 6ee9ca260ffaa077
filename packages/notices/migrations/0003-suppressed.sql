-- Addresses that have said for good that they are none, as keyed digests: no address rests here.
create table notices.suppression_key (
  only_one boolean primary key default true check (only_one),
  key bytea not null check (octet_length(key) = 32)
);
create table notices.suppressed (
  digest bytea primary key check (octet_length(digest) = 32),
  -- RFC 3463; null where the provider gave none.
  status text,
  since timestamptz not null
);
