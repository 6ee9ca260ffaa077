import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { verifyHome } from "../src/index.ts";
import { postgresBinaries } from "../src/postgres/binaries.ts";
import { startEmbeddedPostgres, stopEmbeddedPostgres } from "../src/postgres/embedded-postgres.ts";
import { serverCommand } from "../src/postgres/server-command.ts";
import { copyHome, isRunning, open, random, temporaryHome } from "./temporary-home.ts";

const start = (home: string): ReturnType<typeof startEmbeddedPostgres> =>
  startEmbeddedPostgres({ home, randomBytes: random, portWanted: null });
const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65_534, gid: 65_534 };
const note = [{ type: "noted", data: { text: "kept" } }];

function url(home: string): string {
  return readFileSync(path.join(home, "postgres.url"), "utf8").trim();
}

function pidFile(home: string): string {
  return path.join(home, "postgres", "postmaster.pid");
}

let template: string | null = null;

/** A home with one event beyond the first, stopped. */
async function usedHome(): Promise<string> {
  if (template === null) {
    template = temporaryHome();
    const journal = await open(template);
    await journal.append("incident/1", 0, note);
    await journal.close();
  }
  return copyHome(template);
}

async function holdsTheEvent(home: string): Promise<boolean> {
  const journal = await open(home);
  const events = await journal.read("incident/1");
  await journal.close();
  return events.length === 1 && events[0]?.data?.["text"] === "kept";
}

describe("the embedded PostgreSQL", () => {
  it("runs below a folder of mode 0700, as another account when this is root", async () => {
    const home = temporaryHome();
    expect(statSync(path.dirname(home)).mode & 0o777).toBe(0o700);
    const { pid, started } = await start(home);
    expect(started).toBe(true);
    const uid = Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
    expect(uid === 0).toBe(false);
    expect(uid).toBe(isRoot ? statSync(path.join(home, "postgres")).uid : process.getuid?.());
    await stopEmbeddedPostgres(home);
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(pidFile(home))).toBe(false);
  });

  it("keeps its password in postgres.url, 0600, and nowhere in a command line; it listens on 127.0.0.1 alone, without a socket file", async () => {
    const home = temporaryHome();
    const { pid, address } = await start(home);
    expect(statSync(path.join(home, "postgres.url")).mode & 0o777).toBe(0o600);
    expect(url(home)).toBe(`postgres://cordon:${address.password}@127.0.0.1:${address.port}/postgres`);
    const all = execFileSync("ps", ["axww", "-o", "args"]).toString();
    expect(all).toContain(path.join(home, "postgres"));
    expect(all).not.toContain(address.password);
    const client = new pg.Client(url(home));
    await client.connect();
    const { rows } = await client.query<Record<string, string>>(
      "select current_setting('listen_addresses') as listen, current_setting('unix_socket_directories') as sockets, current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit, current_setting('password_encryption') as password",
    );
    expect(rows).toEqual([
      { listen: "127.0.0.1", sockets: "", fsync: "on", commit: "on", password: "scram-sha-256" },
    ]);
    await client.end();
    const refused = new pg.Client(url(home).replace(address.password, "wrong"));
    await expect(refused.connect()).rejects.toThrow(/password/);
    await expect(once(connect(address.port, "127.0.0.2"), "connect")).rejects.toThrow(/ECONNREFUSED/);
    expect(isRunning(pid)).toBe(true);
    await stopEmbeddedPostgres(home);
  });

  it("is adopted when it runs already", async () => {
    const home = temporaryHome();
    const first = await start(home);
    const second = await start(home);
    expect(second).toMatchObject({ pid: first.pid, started: false, address: first.address });
    await stopEmbeddedPostgres(home);
  });

  it("is started once when several want it at once, also the very first time", async () => {
    const home = temporaryHome();
    const all = await Promise.all([start(home), start(home), start(home)]);
    expect(new Set(all.map(({ pid }) => pid)).size).toBe(1);
    await stopEmbeddedPostgres(home);
  });

  it("outlives a parent that was killed, and is adopted by the next", async () => {
    const home = await usedHome();
    const program = `
      import { randomBytes } from "node:crypto";
      import { openJournal } from ${JSON.stringify(path.resolve(import.meta.dirname, "../src/index.ts"))};
      const journal = await openJournal({ home: ${JSON.stringify(home)}, databaseUrl: null, clock: Date.now, randomBytes: (n) => randomBytes(n) });
      process.stdout.write("open");
      setInterval(() => journal.treeSize, 1000);`;
    const parent = spawn(process.execPath, ["--input-type=module-typescript", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(parent.stdout, "data");
    const server = Number(readFileSync(pidFile(home), "utf8").split("\n")[0]);
    parent.kill("SIGKILL");
    await once(parent, "exit");
    expect(isRunning(server)).toBe(true);
    expect(await start(home)).toMatchObject({ pid: server, started: false });
    expect(await holdsTheEvent(home)).toBe(true);
    expect(isRunning(server)).toBe(false);
  });

  it("is left running by a command that found it so, and by one that leaves while another is connected", async () => {
    const home = await usedHome();
    const { pid } = await start(home);
    const options = { home, databaseUrl: null, randomBytes: random, pinnedKey: null, checkpoints: [] };
    expect((await verifyHome(options)).verified).toBe(true);
    expect(isRunning(pid)).toBe(true);
    const [first, second] = [await open(home), await open(home)];
    await first.close();
    expect(isRunning(pid)).toBe(true);
    await second.close();
    expect(isRunning(pid)).toBe(false);
    expect((await verifyHome(options)).verified).toBe(true);
    expect(existsSync(pidFile(home))).toBe(false);
  });
});

describe("a stopped HOME works anywhere after `cp -a`, several copies at once", () => {
  it("while the original runs, each on its own data", async () => {
    const home = await usedHome();
    const copies = [copyHome(home), copyHome(home)];
    const all = await Promise.all([home, ...copies].map((each) => open(each)));
    await Promise.all(
      all.map((journal, i) => journal.append("incident/1", 1, [{ type: "noted", data: { i } }])),
    );
    for (const [i, journal] of all.entries()) {
      expect((await journal.read("incident/1", 1)).map(({ data }) => data)).toEqual([{ i }]);
    }
    expect(new Set([home, ...copies].map(url)).size).toBe(3);
    await Promise.all(all.map((journal) => journal.close()));
  });

  it("a postgres.url that points to another home's live server is a hint, and that server is left alone", async () => {
    const home = await usedHome();
    const original = await start(home);
    const copy = copyHome(home);
    // The copy of a running home: its pid file names the original's server.
    expect(existsSync(pidFile(copy))).toBe(true);
    expect(await holdsTheEvent(copy)).toBe(true);
    expect(isRunning(original.pid)).toBe(true);
    expect(await start(home)).toMatchObject({ pid: original.pid });
    await stopEmbeddedPostgres(home);
  });

  it.each([
    ["of a dead process", () => 999_999_999],
    ["of a foreign process", () => process.pid],
    ["of process 1", () => 1],
  ])("a pid file %s does not stop it", async (_, pid) => {
    const home = await usedHome();
    writeFileSync(
      pidFile(home),
      `${pid()}\n${home}/postgres\n1400000000\n5432\n\n127.0.0.1\n  12345678  99999\nready   \n`,
    );
    if (isRoot) chownSync(pidFile(home), statSync(path.join(home, "postgres")).uid, -1);
    expect(await holdsTheEvent(home)).toBe(true);
  });

  it("a pid file of a process of the server's own account does not stop it", async () => {
    const [home, other] = [await usedHome(), temporaryHome()];
    const { pid } = await start(other);
    writeFileSync(pidFile(home), `${pid}\n${other}/postgres\n1400000000\n5432\n\n127.0.0.1\n\nready   \n`);
    expect(await holdsTheEvent(home)).toBe(true);
    expect(isRunning(pid)).toBe(true);
    await stopEmbeddedPostgres(other);
  });

  it.each([
    ["lost", (home: string) => rmSync(path.join(home, "postgres.url"))],
    ["no URL", (home: string) => writeFileSync(path.join(home, "postgres.url"), "nonsense")],
    [
      "another's",
      (home: string) => writeFileSync(path.join(home, "postgres.url"), "postgres://cordon:abc@127.0.0.1:1/x"),
    ],
  ])("a postgres.url that is %s is made anew", async (_, change) => {
    const home = await usedHome();
    change(home);
    expect(await holdsTheEvent(home)).toBe(true);
    expect(url(home)).toMatch(/^postgres:\/\/cordon:[0-9a-f]{48}@127\.0\.0\.1:\d+\/postgres$/);
    const running = await start(home);
    change(home);
    expect(await holdsTheEvent(home)).toBe(true);
    expect(isRunning(running.pid)).toBe(false);
  });

  it.runIf(isRoot)("a copy whose owner and mode got lost is repaired", async () => {
    const home = await usedHome();
    const copy = temporaryHome();
    cpSync(home, copy, { recursive: true });
    execFileSync("chown", ["-R", "root:root", copy]);
    chmodSync(path.join(copy, "postgres"), 0o755);
    expect(await holdsTheEvent(copy)).toBe(true);
  });

  it.runIf(isRoot)("runs without root", async () => {
    const home = temporaryHome();
    chownSync(path.dirname(home), nobody.uid, nobody.gid);
    const source = path.resolve(import.meta.dirname, "../src/postgres/embedded-postgres.ts");
    const program = `
      import { randomBytes } from "node:crypto";
      import { startEmbeddedPostgres, stopEmbeddedPostgres } from ${JSON.stringify(source)};
      const options = { home: ${JSON.stringify(home)}, randomBytes, portWanted: null };
      const { pid } = await startEmbeddedPostgres(options);
      const { started } = await startEmbeddedPostgres(options);
      process.stdout.write([process.getuid(), pid, started].join(" "));
      await stopEmbeddedPostgres(options.home);`;
    // The clone itself may lie below a folder that nobody but root may enter.
    const { command, prefix, identity } = await serverCommand(process.execPath, nobody, [
      import.meta.dirname,
    ]);
    const result = execFileSync(command, [...prefix, "--input-type=module-typescript", "-e", program], {
      ...identity,
      cwd: "/",
    });
    expect(result.toString()).toMatch(/^65534 \d+ false$/);
    expect(statSync(path.join(home, "postgres")).uid).toBe(nobody.uid);
  });
});

describe.runIf(isRoot && process.platform === "linux")("the server's rights", () => {
  it("none at all where it can reach everything", async () => {
    const command = await serverCommand("/bin/true", nobody, ["/tmp"]);
    expect(command).toEqual({ command: "/bin/true", prefix: [], identity: nobody });
  });

  it("reading and searching where a folder above is closed, overriding only where its program may not be executed", async () => {
    const parent = path.dirname(temporaryHome());
    const search = await serverCommand("/bin/true", nobody, [parent]);
    expect(search.prefix).toContain("--bounding-set=-all,+dac_read_search");
    const program = path.join(parent, "program");
    cpSync("/bin/true", program);
    chmodSync(program, 0o700);
    const override = await serverCommand(program, nobody, [parent]);
    expect(override.prefix).toContain("--bounding-set=-all,+dac_override");
    execFileSync(override.command, [...override.prefix]);
  });

  it("its programs run from a clone that only root may enter or execute", async () => {
    const binaries = await postgresBinaries();
    const parent = path.dirname(temporaryHome());
    cpSync(path.join(binaries.folder), path.join(parent, "native"), {
      recursive: true,
      verbatimSymlinks: true,
    });
    execFileSync("chmod", ["-R", "go=", path.join(parent, "native")]);
    const program = path.join(parent, "native", "bin", "postgres");
    const { command, prefix } = await serverCommand(program, nobody, [path.join(parent, "native")]);
    expect(execFileSync(command, [...prefix, "--version"]).toString()).toMatch(
      /^postgres \(PostgreSQL\) \d+/,
    );
  });
});
