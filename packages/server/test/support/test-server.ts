import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Problem } from "@cordon/contract";
import { startServer, type RunningServer, type ServerOptions } from "@cordon/server";
import { startTestPostgres, type TestPostgres } from "@cordon/testkit";
import { writeDirectory, writeEvidence } from "./incident-material.ts";
import { SmtpSink } from "./smtp-sink.ts";

type Role = "author" | "approver" | "second-approver" | "administrator" | "enforcement";

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, else null. */
  readonly body: unknown;
  readonly text: string;
}

/** A control plane over a database and a mail server of its own, all real, with `accounts` people. */
export class TestServer {
  readonly home: string;
  readonly sink: SmtpSink;
  readonly notes: string[] = [];
  readonly #postgres: TestPostgres;
  readonly #folder: string;
  #server: RunningServer | null = null;

  private constructor(folder: string, sink: SmtpSink, postgres: TestPostgres) {
    this.#folder = folder;
    this.home = join(folder, "home");
    this.sink = sink;
    this.#postgres = postgres;
  }

  static async start(accounts: number): Promise<TestServer> {
    const folder = await mkdtemp(join(tmpdir(), "cordon-server-"));
    const server = new TestServer(folder, await SmtpSink.start(), await startTestPostgres());
    await writeDirectory(server.directoryFile, accounts);
    await writeEvidence(join(server.home, "evidence", "first"), ["u-1"]);
    await server.open();
    return server;
  }

  get directoryFile(): string {
    return join(this.#folder, "accounts.csv");
  }

  get url(): string {
    if (this.#server === null) throw new Error("not running");
    return this.#server.url;
  }

  get databaseUrl(): string {
    return this.#postgres.url;
  }

  async open(more: Partial<ServerOptions> = {}): Promise<void> {
    this.#server = await startServer({
      home: this.home,
      port: 0,
      databaseUrl: this.#postgres.url,
      directory: { accounts: this.directoryFile, installations: null, token: null },
      mail: { url: this.sink.url, from: "Overture <security@overture.example>" },
      version: "0.0.0-test",
      onNote: (note) => this.notes.push(note),
      ...more,
    });
  }

  async close(): Promise<void> {
    await this.#server?.close();
    this.#server = null;
  }

  async end(): Promise<void> {
    await this.close();
    await this.sink.close();
    await this.#postgres.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async token(role: Role): Promise<string> {
    const file = role === "enforcement" ? ["keys", "enforcement.token"] : ["operators", `${role}.token`];
    return (await readFile(join(this.home, ...file), "utf8")).trim();
  }

  async get(role: Role | null, path: string, headers: Record<string, string> = {}): Promise<Answered> {
    return this.#fetch("GET", role, path, headers, undefined);
  }

  async post(
    role: Role | null,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answered> {
    return this.#fetch("POST", role, path, headers, body);
  }

  async #fetch(
    method: string,
    role: Role | null,
    path: string,
    headers: Record<string, string>,
    body: unknown,
  ): Promise<Answered> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      redirect: "error",
      headers: {
        ...(role === null ? {} : { authorization: `Bearer ${await this.token(role)}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? (JSON.parse(text) as unknown) : null,
    };
  }
}

/** The body of a success, as its type; fails with the problem otherwise. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the test names the type it expects
export function good<T>(answered: Answered): T {
  if (answered.status >= 300) throw new Error(`${answered.status}: ${answered.text}`);
  return answered.body as T;
}

export function problemIn(answered: Answered): Problem {
  if (answered.headers.get("content-type")?.startsWith("application/problem+json") !== true) {
    throw new Error(`no problem: ${answered.status} ${answered.text}`);
  }
  return answered.body as Problem;
}

/** Asks again until `done`; the test's own time limit ends it. */
export async function until<T>(ask: () => Promise<T>, done: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask();
    if (done(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
