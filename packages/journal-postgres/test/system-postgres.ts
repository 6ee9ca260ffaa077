import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chownSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "@cordon/testkit";
import pg from "pg";
import { serverAccount } from "../src/postgres/server-account.ts";
import { random } from "./temporary-home.ts";

const debianFolder = "/usr/lib/postgresql";
const readyWithinMs = 60_000;

/** The programs of the newest PostgreSQL that Debian's package brought. Throws when there is none. */
export function systemBinaries(): string {
  const versions = existsSync(debianFolder)
    ? readdirSync(debianFolder).filter((version) =>
        existsSync(path.join(debianFolder, version, "bin/initdb")),
      )
    : [];
  const newest = versions.toSorted((a, b) => Number(a) - Number(b)).at(-1);
  if (newest === undefined) {
    throw new Error(`no PostgreSQL server in \`${debianFolder}\`: apt-get install postgresql`);
  }
  return path.join(debianFolder, newest, "bin");
}

/** A cluster of the system's PostgreSQL in a temporary folder, always on the same port of 127.0.0.1. */
export class SystemPostgres {
  readonly #binaries: string;
  readonly #folder: string;
  readonly #identity: { readonly uid?: number; readonly gid?: number };
  readonly #port: number;
  readonly #password: string;
  #server: ChildProcess | null = null;

  private constructor(given: {
    readonly binaries: string;
    readonly folder: string;
    readonly identity: { readonly uid?: number; readonly gid?: number };
    readonly port: number;
    readonly password: string;
  }) {
    this.#binaries = given.binaries;
    this.#folder = given.folder;
    this.#identity = given.identity;
    this.#port = given.port;
    this.#password = given.password;
  }

  /** A new cluster, started: scram-sha-256 for everybody, no socket file. */
  static async start(binaries: string): Promise<SystemPostgres> {
    const account = await serverAccount();
    const folder = mkdtempSync(path.join(tmpdir(), "cordon-system-postgres-"));
    const password = Buffer.from(random(16)).toString("hex");
    const passwordFile = path.join(folder, "password");
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (account !== null)
      for (const each of [folder, passwordFile]) chownSync(each, account.uid, account.gid);
    const identity = account ?? {};
    execFileSync(
      path.join(binaries, "initdb"),
      [
        ["-D", path.join(folder, "data"), "-U", "postgres", "--auth=scram-sha-256"],
        [`--pwfile=${passwordFile}`, "-E", "UTF8", "--locale=C", "--no-sync"],
      ].flat(),
      { ...identity, cwd: folder, stdio: ["ignore", "ignore", "inherit"] },
    );
    const postgres = new SystemPostgres({ binaries, folder, identity, port: await freePort(), password });
    try {
      await postgres.start();
    } catch (error) {
      await postgres.remove();
      throw error;
    }
    return postgres;
  }

  get dataFolder(): string {
    return path.join(this.#folder, "data");
  }

  /** Makes a role without any privilege but its own empty database; its URL. */
  async createDatabase(name: string): Promise<string> {
    const client = new pg.Client(this.#url("postgres", "postgres"));
    await client.connect();
    try {
      await client.query(`create role ${name} login password '${this.#password}'`);
      await client.query(`create database ${name} owner ${name}`);
    } finally {
      await client.end();
    }
    return this.#url(name, name);
  }

  /** Resolves once it answers. Throws, with the server's log, when it ends or stays silent. */
  async start(): Promise<void> {
    const logFile = path.join(this.#folder, "log");
    const log = openSync(logFile, "a");
    const settings = ["listen_addresses=127.0.0.1", `port=${this.#port}`, "unix_socket_directories="];
    const server = spawn(
      path.join(this.#binaries, "postgres"),
      ["-D", this.dataFolder, ...settings.flatMap((setting) => ["-c", setting])],
      { ...this.#identity, cwd: this.#folder, stdio: ["ignore", log, log] },
    );
    closeSync(log);
    this.#server = server;
    for (let waitedMs = 0; !(await this.#answers()); waitedMs += 50) {
      if (server.exitCode !== null || waitedMs > readyWithinMs) {
        throw new Error(`PostgreSQL does not answer: ${readFileSync(logFile, "utf8")}`);
      }
      await wait(50);
    }
  }

  /** `fast` ends connections and then the server; `immediate` is as a crash: the next start recovers from the log. */
  async stop(mode: "fast" | "immediate"): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null || server.exitCode !== null) return;
    server.kill(mode === "fast" ? "SIGINT" : "SIGQUIT");
    await once(server, "exit");
  }

  /** Stops it and removes its folder. */
  async remove(): Promise<void> {
    await this.stop("fast");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #answers(): Promise<boolean> {
    const client = new pg.Client(this.#url("postgres", "postgres"));
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      return false;
    }
  }

  #url(role: string, database: string): string {
    return `postgres://${role}:${this.#password}@127.0.0.1:${this.#port}/${database}`;
  }
}
