import { sql, type QueryExecutorProvider } from "kysely";

/** So many tokens at most wait in a bucket, in seconds of its rate: how much of a burst there may be. */
const burstSeconds = 1;

type BucketWish = { readonly scope: string; readonly perSecond: number; readonly wanted: number };
type BucketGrant = {
  readonly granted: number;
  /** When there is a whole token again, in milliseconds since the epoch. */
  readonly nextMs: number;
};

/** Token buckets that all senders of a ledger share: whatever their number, the rate is one. */
export class TokenBuckets {
  readonly #known = new Set<string>();

  /** Takes up to what is wanted of each bucket. */
  async take(
    db: QueryExecutorProvider,
    wishes: readonly BucketWish[],
    nowMs: number,
  ): Promise<ReadonlyMap<string, BucketGrant>> {
    const now = new Date(nowMs);
    const fresh = wishes.filter(({ scope }) => !this.#known.has(scope));
    if (fresh.length > 0) {
      await sql`
        insert into notices.pace (scope, tokens, filled_at)
        select scope, tokens, ${now}::timestamptz
        from unnest(${fresh.map(({ scope }) => scope)}::text[], ${fresh.map(burstOf)}::double precision[]) as f(scope, tokens)
        order by scope on conflict (scope) do nothing
      `.execute(db);
      for (const { scope } of fresh) this.#known.add(scope);
    }
    // Locked in order of name, so that two senders never wait for each other.
    const taken = await sql<{ scope: string; granted: number; left: number }>`
      with wanted as (
        select * from unnest(
          ${wishes.map(({ scope }) => scope)}::text[], ${wishes.map(({ perSecond }) => perSecond)}::double precision[],
          ${wishes.map(burstOf)}::double precision[], ${wishes.map(({ wanted }) => wanted)}::integer[]
        ) as w(scope, per_second, burst, wanted)
      ), locked as (
        select p.scope, p.tokens, p.filled_at from notices.pace p
        where p.scope = any(${wishes.map(({ scope }) => scope)}::text[]) order by p.scope for update
      ), filled as (
        select w.scope, w.wanted, greatest(l.filled_at, ${now}::timestamptz) as filled_at,
          least(w.burst, l.tokens + greatest(0, extract(epoch from ${now}::timestamptz - l.filled_at)) * w.per_second) as tokens
        from wanted w join locked l using (scope)
      ), granted as (
        select scope, filled_at, tokens, least(wanted, floor(tokens))::integer as granted from filled
      ), stored as (
        update notices.pace p set tokens = g.tokens - g.granted, filled_at = g.filled_at from granted g where p.scope = g.scope
      )
      select scope, granted, tokens - granted as left from granted
    `.execute(db);
    const rates = new Map(wishes.map(({ scope, perSecond }) => [scope, perSecond]));
    return new Map(
      taken.rows.map(({ scope, granted, left }) => {
        const waitMs = (Math.max(0, 1 - left) / (rates.get(scope) ?? 1)) * 1000;
        return [scope, { granted, nextMs: nowMs + Math.ceil(waitMs) }];
      }),
    );
  }

  /** Gives tokens back that could not be used. */
  async giveBack(db: QueryExecutorProvider, unused: ReadonlyMap<string, number>): Promise<void> {
    if (unused.size === 0) return;
    await sql`
      with locked as (
        select scope from notices.pace where scope = any(${[...unused.keys()]}::text[]) order by scope for update
      )
      update notices.pace p set tokens = p.tokens + u.tokens
      from unnest(${[...unused.keys()]}::text[], ${[...unused.values()]}::integer[]) as u(scope, tokens)
      where p.scope = u.scope and p.scope in (select scope from locked)
    `.execute(db);
  }
}

function burstOf({ perSecond }: BucketWish): number {
  return Math.max(1, perSecond * burstSeconds);
}
