import { fork, spawn, type ChildProcess } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { watch } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CordonClient } from "@cordon/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MailSink } from "./support/mail-sink.ts";

const cordon = fileURLToPath(new URL("../bin/cordon.mjs", import.meta.url));
const accounts = 400;

const dataMap = {
  version: 1,
  stores: { "profile-db": { classes: ["user.name"], accounts: "all" } },
  sources: {
    "profile-api": {
      format: "jsonl",
      store: "profile-db",
      fields: { time: "ts", actor: "who", operation: "op", sequence: "seq" },
      operations: { read: { account: "user", classes: ["user.name"] } },
      coverage: { from: "2014-05-01T00:00:00Z", to: "2014-06-01T00:00:00Z", proof: "sequence" },
    },
  },
};
const question = {
  window: { from: "2014-05-20T00:00:00Z", to: "2014-05-26T00:00:00Z" },
  suspect: [{ actor: "intruder" }],
};

/** Accounts over HTTP, so that a test knows when a refresh is under way; `hold` keeps it from ending. */
class Directory {
  readonly server: Server;
  requests = 0;
  hold = false;
  readonly #held: ServerResponse[] = [];
  onRequest: () => void = () => undefined;

  constructor() {
    this.server = createServer((_, response) => {
      this.requests += 1;
      if (this.hold) this.#held.push(response);
      else this.#answer(response);
      this.onRequest();
    });
  }

  async url(): Promise<string> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    const address = this.server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return `http://127.0.0.1:${address.port}/accounts`;
  }

  #answer(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "application/jsonl" });
    for (let i = 0; i < accounts; i++) {
      const account = {
        account_id: `u-${i}`,
        created_at: "2013-01-01T00:00:00Z",
        market: "SE",
        locale: "en",
        email: `u-${i}@example.net`,
      };
      response.write(`${JSON.stringify(account)}\n`);
    }
    response.end();
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

let folder: string;
let home: string;
let sink: MailSink;
let directory: Directory;
let directoryUrl: string;
let child: ChildProcess | null = null;
let url = "";

/** Starts `cordon serve` and waits until it says where it listens; the port stays the same from then on. */
async function start(): Promise<void> {
  const port = url === "" ? "0" : new URL(url).port;
  const mail = ["--smtp", sink.url, "--from", "Overture <security@overture.example>"];
  child = spawn(
    process.execPath,
    [cordon, "serve", "--home", home, "--port", port, "--directory", directoryUrl, ...mail, "--json"],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, DATABASE_URL: "" },
    },
  );
  url = await listening(child);
}

async function listening(started: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of started.stdout ?? []) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  const line: unknown = JSON.parse(text);
  if (typeof line !== "object" || line === null || !("listening" in line)) throw new Error(text);
  return String(line.listening);
}

async function end(signal: NodeJS.Signals): Promise<number | null> {
  const ending = child;
  if (ending === null) return null;
  child = null;
  ending.kill(signal);
  if (ending.exitCode === null && ending.signalCode === null) await once(ending, "exit");
  return ending.exitCode;
}

async function client(role: "author" | "approver" | "second-approver"): Promise<CordonClient> {
  const token = (await readFile(join(home, "operators", `${role}.token`), "utf8")).trim();
  return new CordonClient({ url, token, newId: randomUUID });
}

/** Asked for by one, approved by two. */
async function approve(incidentId: string, planId: string): Promise<void> {
  const { asked } = await (await client("author")).askApproval(incidentId, planId, { act: "plan" });
  for (const role of ["approver", "second-approver"] as const)
    await (await client(role)).giveApproval(incidentId, planId, { digest: asked?.digest ?? "" });
}

async function until<T>(ask: () => Promise<T>, done: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask();
    if (done(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

async function cli(
  ...options: readonly string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const run = spawn(process.execPath, [cordon, ...options], { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  run.stdout.on("data", (chunk) => (stdout += String(chunk)));
  run.stderr.on("data", (chunk) => (stderr += String(chunk)));
  await once(run, "close");
  return { code: run.exitCode, stdout, stderr };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cordon-serve-"));
  home = join(folder, "home");
  sink = await MailSink.start();
  directory = new Directory();
  directoryUrl = await directory.url();
  const logs = join(home, "evidence", "logs", "profile-api");
  await mkdir(logs, { recursive: true });
  const line = (seq: number, day: number, who: string, user: string) =>
    JSON.stringify({ ts: `2014-05-${day}T00:00:00Z`, who, op: "read", user, seq });
  await writeFile(
    join(logs, "a.jsonl"),
    [line(1, 19, "web", "u-1"), line(2, 22, "intruder", "u-3"), line(3, 27, "web", "u-2"), ""].join("\n"),
  );
  await start();
}, 120_000);

afterAll(async () => {
  await end("SIGTERM");
  directory.close();
  await sink.close();
  await rm(folder, { recursive: true, force: true });
});

/** Every `<version>.bundle` is the one that the journal names for that version, and no version is named twice. */
async function checkBundles(): Promise<void> {
  const { stdout, code } = await cli("journal", "show", "--all", "--home", home, "--json");
  expect(code).toBe(0);
  const named = new Map<number, string>();
  for (const text of stdout.trim().split("\n")) {
    const { entry, event } = JSON.parse(text) as {
      entry: { type: string };
      event: { version: number; sha256: string };
    };
    if (entry.type !== "bundle-in-force") continue;
    expect(named.has(event.version), `version ${event.version} twice`).toBe(false);
    named.set(event.version, event.sha256);
  }
  // The freshness stamp stands beside them.
  const files = (await readdir(join(home, "bundles"))).filter((name) => !name.startsWith("freshness"));
  expect(files.sort()).toEqual([...named.keys()].map((version) => `${version}.bundle`).sort());
  for (const [version, sha256] of named) {
    const bytes = await readFile(join(home, "bundles", `${version}.bundle`));
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
  }
}

describe("kill -9 of the control plane", () => {
  let incidentId: string;

  beforeAll(async () => {
    const author = await client("author");
    incidentId = (await author.openIncident({ title: "t" })).id;
  });

  async function plan(id: string): Promise<string> {
    const measures = [{ id, measure: "reauthenticate" as const, cohort: { accounts: ["u-1", "u-2"] } }];
    return (await (await client("author")).draftPlan(incidentId, { measures })).id;
  }

  test("while the directory is fetched: after the restart the bundle comes into force", async () => {
    const planId = await plan("one");
    const fetched = directory.requests;
    directory.hold = true;
    const reached = new Promise<void>((resolve) => (directory.onRequest = resolve));
    await approve(incidentId, planId);
    await reached;
    await end("SIGKILL");
    directory.hold = false;
    await start();
    const author = await client("author");
    const inForce = await until(
      () => author.readPlan(incidentId, planId),
      (one) => one.state === "in-force",
    );
    expect(inForce.inForce?.bundleVersion).toBe(1);
    expect(directory.requests).toBeGreaterThan(fetched + 1);
  });

  test.each([0, 2])(
    "when a bundle is being put to rest (%i events of the folder later): no version is in force twice",
    async (later) => {
      const planId = await plan(`late-${later}`);
      let events = 0;
      const dies = new Promise<void>((resolve) => {
        const watcher = watch(join(home, "bundles"), (_, name) => {
          if (events === 0 && name?.startsWith("staged-") !== true) return;
          if (events++ < later) return;
          watcher.close();
          child?.kill("SIGKILL");
          resolve();
        });
      });
      await approve(incidentId, planId);
      await dies;
      await end("SIGKILL");
      await start();
      const author = await client("author");
      await until(
        () => author.readPlan(incidentId, planId),
        (one) => one.state === "in-force",
      );
    },
  );

  test("in the middle of a command that is repeated: it has acted once", async () => {
    const author = await client("author");
    const asked = Array.from({ length: 20 }, (_, i) => author.openIncident({ title: `many ${i}` }));
    await Promise.any(asked);
    await end("SIGKILL");
    await start();
    const ids = await Promise.all(asked.map(async (one) => (await one).id));
    expect(new Set(ids).size).toBe(20);
    const { incidents } = await author.listIncidents();
    expect(incidents.filter((one) => one.title.startsWith("many "))).toHaveLength(20);
  });

  test("in the middle of sending: it goes on where it was, no mail twice, at most those in flight unknown", async () => {
    const author = await client("author");
    const { answerDigest, assumptions } = await author.askQuestion(incidentId, {
      map: dataMap,
      question,
      evidence: "logs",
    });
    for (const assumption of assumptions)
      await author.acceptAssumption(incidentId, { answerDigest, assumption });
    await author.makeClaim(incidentId, { answerDigest });
    const { id } = await author.draftNotice(incidentId, {
      service: "Overture",
      signature: { name: "Ada Lovelace", role: "CTO" },
      contact: { email: "help@overture.example" },
    });
    const pause = sink.pauseAfter(100);
    await (await client("approver")).approveNotice(incidentId, id);
    await pause.reached;
    await end("SIGKILL");
    pause.goOn();
    await start();
    const sent = await until(
      () => author.readNotice(incidentId, id),
      (one) => one.state === "sent",
    );
    const { planned, delivered, unknown, failed, pending } = sent.total;
    expect({ planned, failed, pending }).toEqual({ planned: accounts, failed: 0, pending: 0 });
    expect(delivered + unknown).toBe(accounts);
    expect(unknown).toBeGreaterThan(0);
    expect(unknown).toBeLessThanOrEqual(64);
    expect(new Set(sink.recipients).size).toBe(sink.recipients.length);
    expect(sink.recipients.length).toBeGreaterThanOrEqual(delivered);
    expect(sink.recipients.length).toBeLessThanOrEqual(delivered + unknown);
    expect(sink.recipients[0]).toBe("u-3@example.net");
  });

  test("leaves a journal that verifies, and bundles that are those of the journal", async () => {
    await end("SIGKILL");
    const { code, stdout } = await cli("journal", "verify", "--home", home, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ verified: true, failure: null });
    expect(code).toBe(0);
    await checkBundles();
    await start();
  });
});

describe("wrong input", () => {
  test("a port in use is one clear line and exit 2", async () => {
    const taken = createTcpServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, stderr, stdout } = await cli(
      "serve",
      "--home",
      join(folder, "other"),
      "--port",
      String(port),
    );
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toBe(`port \`${port}\` on 127.0.0.1 is in use, expected a free one (--port)\n`);
    taken.close();
  });

  test.each([[["--smtp", "smtp://127.0.0.1:2525"], "--from"]])(
    "`serve %j` is one clear line and exit 2",
    async (options, named) => {
      const { code, stderr } = await cli("serve", "--home", join(folder, "other"), ...options);
      expect(code).toBe(2);
      expect(stderr.trim().split("\n")).toHaveLength(1);
      expect(stderr).toContain(named);
    },
  );
});

describe("`cordon status`", () => {
  test("tells what is on record", async () => {
    const { code, stdout } = await cli("status", "--url", url, "--home", home, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ directory: { accounts } });
    const { stdout: lines } = await cli("status", "--url", url, "--home", home);
    expect(lines).toContain("claim: exactly 1 accounts");
  });

  test("says when no control plane answers", async () => {
    const { code, stderr } = await cli("status", "--url", "http://127.0.0.1:9", "--home", home);
    expect(code).toBe(2);
    expect(stderr).toContain("does not answer");
  });
});

describe("the end", () => {
  test("SIGTERM ends it in order, and so does the end of a parent that holds a channel to it", async () => {
    expect(await end("SIGTERM")).toBe(0);
    // A PostgreSQL that was stopped in order takes its pid file away.
    expect(await readdir(join(home, "postgres"))).not.toContain("postmaster.pid");
    const forked = fork(cordon, ["serve", "--home", home, "--port", "0", "--json"], {
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    await listening(forked);
    expect(await readdir(join(home, "postgres"))).toContain("postmaster.pid");
    forked.disconnect();
    const [code] = (await once(forked, "exit")) as [number | null];
    expect(code).toBe(0);
    expect(await readdir(join(home, "postgres"))).not.toContain("postmaster.pid");
  });
});
