-- The ledger packed: two bytes a person in blocks of 512, and a row of its own only for a fate that has something to tell.

-- Each channel of a notice is a mailing of its own, with its own ledger.
alter table notices.notice add column channel text not null default 'email';
alter table notices.notice drop constraint notice_incident_id_edition_key;
alter table notices.notice add constraint notice_incident_id_edition_channel_key unique (incident_id, edition, channel);
-- True for a stop by hand, which may be taken back; false when the evidence changed.
alter table notices.notice add column halted boolean not null default false;
-- Somebody chose to send to people of unknown fate again, after the notice had ended.
alter table notices.notice add column reopened boolean not null default false;

-- `states`: for each of 512 people, low byte audience * 8 + state, high byte the statement set. Codes: src/ledger/packed-block.ts.
-- INVARIANT: whoever writes a block counts `version` up and writes it only over the version that was read. A block with a
-- `sender_no` is worked on by that sender alone; others may still change people who are neither planned nor leased.
create table notices.block (
  due_at timestamptz,
  changed_at timestamptz not null,
  notice_no integer not null references notices.notice,
  block_no integer not null check (block_no >= 0),
  version integer not null default 0,
  sender_no integer,
  -- People planned or leased, and those of them who are affected.
  open smallint not null,
  affected_open smallint not null,
  -- Pairs of low byte and number of people.
  tally smallint[] not null,
  states bytea not null check (octet_length(states) = 1024),
  primary key (notice_no, block_no)
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);
-- Inline and uncompressed: a change is then a heap-only update in the free space of the page.
alter table notices.block alter column states set storage plain;
create index block_sender on notices.block (notice_no, sender_no) where sender_no is not null;

-- What a fate has to tell beyond its state: attempts before a retry, the reply, why it failed, when it is due.
create table notices.detail (
  due_at timestamptz,
  changed_at timestamptz not null,
  notice_no integer not null,
  ordinal integer not null check (ordinal >= 0),
  sender_no integer,
  attempts smallint not null,
  reply_code smallint,
  -- RFC 3463.
  status text,
  cause text,
  primary key (notice_no, ordinal)
);

-- What people are told differs by audience and language: each text that was rendered has a number within its mailing.
create table notices.statement_set (
  notice_no integer not null references notices.notice,
  set_no smallint not null check (set_no between 1 and 255),
  digest text not null,
  primary key (notice_no, set_no),
  unique (notice_no, digest)
);

-- Token buckets, shared by all senders: `scope` is `*` or `@` and a domain. Unlogged: taking tokens waits for no disk, and after a crash the
-- buckets begin full.
create unlogged table notices.pace (
  scope text primary key,
  tokens double precision not null,
  filled_at timestamptz not null
);

-- Whoever was planned before goes on as they were: `sending` was in flight when the old ledger ended, so it is unknown.
with old as (
  select notice_no, ordinal, ordinal / 512 as block_no, case audience when 'affected' then 8 else 16 end + case state
    when 'planned' then 1 when 'delivered' then 3 when 'failed' then 6 else 7 end as code
  from notices.delivery
), tallied as (
  select notice_no, block_no, code, count(*) as people from old group by 1, 2, 3
), summed as (
  select notice_no, block_no, array_agg(code order by code) as codes, array_agg(people order by code) as people,
    coalesce(sum(people) filter (where code % 8 = 1), 0) as open, coalesce(sum(people) filter (where code = 9), 0) as affected_open
  from tallied group by 1, 2
)
insert into notices.block (notice_no, block_no, changed_at, open, affected_open, tally, states)
select s.notice_no, s.block_no, now(), s.open, s.affected_open,
  array(select case when side = 0 then s.codes[i] else s.people[i] end
    from generate_subscripts(s.codes, 1) as i, generate_series(0, 1) as side order by i, side)::smallint[],
  (select string_agg(set_byte('\x0000'::bytea, 0, coalesce(o.code, 0)), ''::bytea order by i)
    from generate_series(0, 511) as i
    left join old o on o.notice_no = s.notice_no and o.ordinal = s.block_no * 512 + i)
from summed s;

insert into notices.detail (notice_no, ordinal, due_at, changed_at, sender_no, attempts, reply_code, cause)
select notice_no, ordinal, due_at, coalesce(changed_at, now()), sender_no, attempts, reply_code,
  case state when 'sending' then 'worker_lost' else cause::text end
from notices.delivery where state in ('failed', 'unknown', 'sending') or (state = 'planned' and attempts > 0);

drop table notices.delivery;
drop type notices.audience, notices.delivery_state, notices.delivery_cause;
