import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { JournalError } from "../errors.ts";
import {
  startEmbeddedPostgres,
  stopEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../postgres/embedded-postgres.ts";
import { isAlive } from "../postgres/postmaster.ts";
import { embeddedDatabase, embeddedUser } from "../postgres/postgres-url.ts";

interface DatabaseOptions {
  readonly home: string;
  /** null: the embedded PostgreSQL of HOME, started or adopted. */
  readonly databaseUrl: string | null;
  readonly randomBytes: (count: number) => Uint8Array;
}

/**
 * When the end of the last user stops the embedded server: `when-alone` for a server (whoever started it), `when-started`
 * for a command that leaves as it found.
 */
export type StopEmbedded = "when-alone" | "when-started";

const connectionsMax = 16;
const connectMs = 10_000;

/** The PostgreSQL of a home: embedded or one's own. The embedded one is started again when it was lost. */
export class Database {
  readonly #options: DatabaseOptions;
  readonly #name: string;
  readonly pool: pg.Pool;
  #started: boolean;
  #restart: Promise<void> | null = null;
  #port: number | null;
  #pid: number | null;
  #onExit: (() => void) | null = null;

  private constructor(
    options: DatabaseOptions,
    name: string,
    pool: pg.Pool,
    embedded: EmbeddedPostgres | null,
  ) {
    this.#options = options;
    this.#name = name;
    this.pool = pool;
    this.#port = embedded?.address.port ?? null;
    this.#pid = embedded?.pid ?? null;
    this.#started = embedded?.started ?? false;
    // An idle connection that breaks is thrown away by the pool; the next query opens another or fails itself.
    pool.on("error", () => undefined);
  }

  /** Throws ERR_JOURNAL_POSTGRES when the embedded server can't be started, ERR_JOURNAL_DATABASE when none answers. */
  static async open(options: DatabaseOptions): Promise<Database> {
    const { home, databaseUrl, randomBytes } = options;
    const name = `cordon-${Buffer.from(randomBytes(6)).toString("hex")}`;
    const pooled = { max: connectionsMax, connectionTimeoutMillis: connectMs, application_name: name };
    if (databaseUrl !== null) {
      const pool = new pg.Pool({ ...pooled, connectionString: databaseUrl });
      const database = new Database(options, name, pool, null);
      try {
        await pool.query("select 1");
      } catch (cause) {
        await pool.end();
        throw databaseError("the database at DATABASE_URL does not answer", cause);
      }
      return database;
    }
    const embedded = await startEmbeddedPostgres({ home, randomBytes, portWanted: null });
    const { port, password } = embedded.address;
    const pool = new pg.Pool({
      ...pooled,
      host: "127.0.0.1",
      port,
      password,
      user: embeddedUser,
      database: embeddedDatabase,
    });
    return new Database(options, name, pool, embedded);
  }

  /** Another way to the same pool for typed queries. Destroying it would end the pool: leave that to `close`. */
  kysely<Tables>(): Kysely<Tables> {
    return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: this.pool }) });
  }

  /** A connection of one's own, outside the pool. */
  async connect(): Promise<pg.Client> {
    const client = new pg.Client(this.pool.options);
    client.on("error", () => undefined);
    await client.connect();
    return client;
  }

  /** After a lost connection: starts the embedded server again if it is gone. Calls at the same time share one start. */
  async revive(): Promise<void> {
    if (this.#options.databaseUrl !== null) return;
    this.#restart ??= this.#startAgain().finally(() => (this.#restart = null));
    await this.#restart;
  }

  async #startAgain(): Promise<void> {
    const { home, randomBytes } = this.#options;
    const embedded = await startEmbeddedPostgres({ home, randomBytes, portWanted: this.#port });
    this.#started ||= embedded.started;
    this.#port = embedded.address.port;
    this.#pid = embedded.pid;
    // The pool reads its options for each new connection.
    this.pool.options.port = embedded.address.port;
    this.pool.options.password = embedded.address.password;
  }

  /**
   * For commands: when the process ends before `close` (an interrupt, a reader that went away), the embedded server is
   * told to end if this process started it.
   */
  stopAtExit(): void {
    this.#onExit ??= () => {
      if (this.#started && this.#pid !== null && isAlive(this.#pid)) process.kill(this.#pid, "SIGINT");
    };
    process.once("exit", this.#onExit);
  }

  async close(stop: StopEmbedded): Promise<void> {
    if (this.#onExit !== null) process.off("exit", this.#onExit);
    const alone =
      this.#options.databaseUrl === null &&
      (stop === "when-alone" || this.#started) &&
      (await this.#isAlone());
    await this.pool.end();
    if (alone) await stopEmbeddedPostgres(this.#options.home);
  }

  /** True when no other process is connected, or when the server does not answer any more. */
  async #isAlone(): Promise<boolean> {
    try {
      const { rowCount } = await this.pool.query(
        "select from pg_stat_activity where backend_type = 'client backend' and application_name <> $1 limit 1",
        [this.#name],
      );
      return rowCount === 0;
    } catch {
      // Stopping an embedded server that is gone already does nothing.
      return true;
    }
  }
}

/** True for an error of the connection itself, after which nothing is known about the server. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (!("code" in error) || typeof error.code !== "string")
    return /connection|terminated|timeout/i.test(error.message);
  // SQLSTATE class 08 connection exception, 57P01–57P03 shutdown; otherwise the operating system's codes.
  return /^(08|57P0)/.test(error.code) || /^E[A-Z]+$/.test(error.code);
}

export function databaseError(what: string, cause: unknown): JournalError {
  const reason = cause instanceof Error && cause.message !== "" ? cause.message : String(cause);
  return new JournalError("ERR_JOURNAL_DATABASE", `${what}: ${reason}`, { cause });
}
