-- additive: a server of an earlier version goes on beside one that knows this table
-- Cosignatures that witnesses gave for checkpoints of the log: signature lines of a note, with their newline.

create table journal.cosignature (
  size bigint not null,
  -- The witness's vkey line.
  witness text not null,
  line text not null,
  primary key (size, witness)
);
