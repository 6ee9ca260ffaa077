import { sql, type QueryExecutorProvider } from "kysely";
import type { LedgerDatabase } from "./migrate-notices.ts";

/**
 * Pages of one and the same instant, however long reading takes: a transaction of its own, read only. Ends the transaction when
 * the reader stops reading.
 */
export async function* inSnapshot<Page>(
  db: LedgerDatabase,
  read: (snapshot: QueryExecutorProvider) => AsyncIterable<Page>,
): AsyncGenerator<Page> {
  const ready: Page[] = [];
  let wake: () => void = () => undefined;
  const state = { left: false, ended: false };
  const changed = () => new Promise<void>((resolve) => (wake = resolve));
  const reading = db
    .transaction()
    .execute(async (snapshot) => {
      await sql`set transaction isolation level repeatable read, read only`.execute(snapshot);
      for await (const page of read(snapshot)) {
        ready.push(page);
        wake();
        // One page ahead of the reader.
        while (ready.length > 1 && !state.left) await changed();
        if (state.left) return;
      }
    })
    .finally(() => {
      state.ended = true;
      wake();
    });
  // Whoever leaves early does not wait for it below.
  reading.catch(() => undefined);
  try {
    for (;;) {
      const page = ready.shift();
      wake();
      if (page !== undefined) yield page;
      else if (state.ended) break;
      else await changed();
    }
    await reading;
  } finally {
    state.left = true;
    wake();
    await reading.catch(() => undefined);
  }
}
