import type pg from "pg";

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query("begin");
    try {
      const result = await work(client);
      await client.query("commit");
      broken = false;
      return result;
    } catch (error) {
      await client.query("rollback").then(
        () => (broken = false),
        () => undefined,
      );
      throw error;
    }
  } finally {
    // A connection that could not even roll back is not given to anybody else.
    client.release(broken);
  }
}
