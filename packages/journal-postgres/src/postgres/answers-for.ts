import { stat } from "node:fs/promises";
import pg from "pg";
import { embeddedDatabase, embeddedUser, type PostgresAddress } from "./postgres-url.ts";

const connectMs = 10_000;

/**
 * Whether the server at `address` is the one of `dataFolder`: `ours`; `refused` when it does not take the password;
 * `silent` when nothing there talks to us or it is another folder's server.
 */
export async function answersFor(
  dataFolder: string,
  { port, password }: PostgresAddress,
): Promise<"ours" | "refused" | "silent"> {
  const client = new pg.Client({
    host: "127.0.0.1",
    port,
    password,
    user: embeddedUser,
    database: embeddedDatabase,
    connectionTimeoutMillis: connectMs,
  });
  // A connection that breaks later is of no interest: its query has failed by then.
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>("show data_directory");
    const [theirs, own] = await Promise.all([stat(rows[0]?.data_directory ?? ""), stat(dataFolder)]);
    return theirs.dev === own.dev && theirs.ino === own.ino ? "ours" : "silent";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    // 28P01 invalid_password, 28000 invalid_authorization_specification.
    return code === "28P01" || code === "28000" ? "refused" : "silent";
  } finally {
    await client.end().catch(() => undefined);
  }
}
