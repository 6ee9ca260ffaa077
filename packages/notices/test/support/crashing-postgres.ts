import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "@cordon/testkit";
import pg from "pg";

const versions = "/usr/lib/postgresql";
const readyWithinMs = 30_000;

/** A PostgreSQL of the system's package in a temporary folder, with fsync, that can be killed and started again where it was. */
export class CrashingPostgres {
  readonly url: string;
  readonly #folder: string;
  readonly #bin: string;
  readonly #port: number;
  #process: ChildProcess | null = null;

  private constructor(folder: string, bin: string, port: number) {
    this.#folder = folder;
    this.#bin = bin;
    this.#port = port;
    this.url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  }

  static async start(): Promise<CrashingPostgres> {
    const [version] = existsSync(versions) ? readdirSync(versions).toSorted().toReversed() : [];
    if (version === undefined) throw new Error("no PostgreSQL: apt-get install postgresql");
    const bin = path.join(versions, version, "bin");
    const folder = mkdtempSync(path.join(tmpdir(), "cordon-crash-postgres-"));
    const { uid, gid } = account();
    chownSync(folder, uid, gid);
    execFileSync(
      path.join(bin, "initdb"),
      ["-D", path.join(folder, "data"), "-U", "postgres", "--auth=trust"],
      {
        uid,
        gid,
        cwd: folder,
        stdio: "ignore",
      },
    );
    const server = new CrashingPostgres(folder, bin, await freePort());
    await server.restart();
    return server;
  }

  /** `kill -9` on the postmaster; its backends end by themselves. */
  async crash(): Promise<void> {
    const child = this.#process;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  async restart(): Promise<void> {
    const { uid, gid } = account();
    for (let waitedMs = 0; waitedMs < readyWithinMs; waitedMs += 100) {
      // While a backend of the killed one lives, PostgreSQL does not start.
      if (this.#process === null || this.#process.exitCode !== null || this.#process.signalCode !== null) {
        this.#process = spawn(
          path.join(this.#bin, "postgres"),
          ["-D", path.join(this.#folder, "data"), "-p", String(this.#port), "-h", "127.0.0.1", "-k", ""],
          { uid, gid, cwd: this.#folder, stdio: "ignore" },
        );
      }
      if (await answers(this.url)) return;
      await wait(100);
    }
    throw new Error("PostgreSQL does not come back");
  }

  async remove(): Promise<void> {
    await this.crash();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

function account(): { readonly uid: number; readonly gid: number } {
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"]).toString());
  return { uid: id("-u"), gid: id("-g") };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("select 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
