import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, open, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { JournalError } from "../errors.ts";
import { postgresBinaries } from "./binaries.ts";
import {
  clusterExists,
  initialiseCluster,
  removeUnfinished,
  repairOwnership,
  serverEnvironment,
  setPassword,
  type Cluster,
} from "./cluster.ts";
import { answersFor } from "./answers-for.ts";
import {
  disownPostmasterFile,
  isAlive,
  readPostmasterFile,
  servesFolder,
  type PostmasterFile,
} from "./postmaster.ts";
import { readPassword, writePostgresUrl, type PostgresAddress } from "./postgres-url.ts";
import { serverAccount } from "./server-account.ts";
import { serverCommand } from "./server-command.ts";

/** The embedded server of a home, running. */
export interface EmbeddedPostgres {
  readonly address: PostgresAddress;
  readonly pid: number;
  /** True when this process started it, false when it ran already. */
  readonly started: boolean;
}

interface EmbeddedOptions {
  readonly home: string;
  readonly randomBytes: (count: number) => Uint8Array;
  /** The port to take when it is free, so that connections of before find the server again; null for any. */
  readonly portWanted: number | null;
}

const pollMs = 50;
/** Recovery after a crash replays at most a gigabyte or so of log. */
const startPollsMax = 2400;
const stopPollsMax = 1200;
const attemptsMax = 5;

const settings: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  // Paths of sockets are short; homes may lie deep.
  unix_socket_directories: "",
  shared_buffers: "64MB",
  max_connections: "100",
  // INVARIANT: what was committed stays, whatever happens to the machine.
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  wal_level: "minimal",
  max_wal_senders: "0",
  io_method: "sync",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  cluster_name: "cordon",
  log_min_messages: "warning",
  // Statements and the details of errors hold personal data: none of it goes to the server's log.
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
};

/**
 * Starts the server of HOME/postgres (made when absent), or adopts the one that runs already: it outlives a parent that
 * was killed. Throws ERR_JOURNAL_POSTGRES.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { home, randomBytes } = options;
  const dataFolder = path.join(home, "postgres");
  const [binaries, account] = await Promise.all([postgresBinaries(), serverAccount()]);
  const cluster: Cluster = { home, dataFolder, binaries, account };
  const hex = (count: number): string => Buffer.from(randomBytes(count)).toString("hex");
  await mkdir(home, { recursive: true });
  let failure: unknown = null;
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    if (!(await clusterExists(dataFolder))) {
      const password = hex(24);
      await initialiseCluster(cluster, password, hex(8));
      if ((await readPassword(home)) === null) await writePostgresUrl(home, { port: 5432, password });
    }
    await removeUnfinished(home);
    await repairOwnership(cluster);

    const running = await runningPostmaster(dataFolder);
    let password = await readPassword(home);
    if (running !== null) {
      const { pid, port } = running;
      const answer = password === null ? "refused" : await answersFor(dataFolder, { port, password });
      if (answer === "ours" && password !== null) {
        const address = { port, password };
        await writePostgresUrl(home, address);
        return { address, pid, started: false };
      }
      if (answer === "silent") {
        // On its way down, or (where the system can't tell) a process of somebody else behind a copied pid file.
        if (!running.certain) await disownPostmasterFile(dataFolder);
        await wait(pollMs);
        continue;
      }
      // Nobody can reach it with the password at hand: start it again with a new one.
      await stopPostmaster(dataFolder, pid);
      password = null;
    }
    try {
      if (password === null) {
        password = hex(24);
        await setPassword(cluster, password);
      }
      const port = await freePort(attempt === 0 ? options.portWanted : null);
      const pid = await launch(cluster, port);
      const address = { port, password };
      const answer = await answersFor(dataFolder, address);
      if (answer === "refused") {
        // The password is another's: its own is not known any more.
        await stopPostmaster(dataFolder, pid);
        password = hex(24);
        await setPassword(cluster, password);
        await writePostgresUrl(home, { port, password });
        continue;
      }
      if (answer !== "ours") continue;
      await writePostgresUrl(home, address);
      return { address, pid, started: true };
    } catch (error) {
      // The port may be taken meanwhile, another process may have started the server first, or workers of a killed
      // one still end: look again.
      failure = error;
      await wait(pollMs * 4 ** attempt);
    }
  }
  throw failure instanceof JournalError
    ? failure
    : new JournalError("ERR_JOURNAL_POSTGRES", `PostgreSQL in \`${dataFolder}\` does not answer`, {
        cause: failure,
      });
}

/** Ends the server in an orderly way (fast shutdown) and waits until it is gone. */
export async function stopEmbeddedPostgres(home: string): Promise<void> {
  const dataFolder = path.join(home, "postgres");
  const running = await runningPostmaster(dataFolder);
  if (running !== null) await stopPostmaster(dataFolder, running.pid);
}

interface Running {
  readonly pid: number;
  readonly port: number;
  /** False where only the pid file says that it is this folder's server. */
  readonly certain: boolean;
}

/** The live server of this very folder once it takes connections; null when there is none. Files of others are put out of the way. */
async function runningPostmaster(dataFolder: string): Promise<Running | null> {
  for (let poll = 0; poll < startPollsMax; poll++) {
    const file = await readPostmasterFile(dataFolder);
    if (file === null || !isAlive(file.pid)) return null;
    const serves = await servesFolder(file.pid, dataFolder);
    if (serves === false) {
      await disownPostmasterFile(dataFolder);
      return null;
    }
    if (file.status === "ready" && file.port !== null) {
      return { pid: file.pid, port: file.port, certain: serves === true };
    }
    await wait(pollMs);
  }
  throw new JournalError("ERR_JOURNAL_POSTGRES", `PostgreSQL in \`${dataFolder}\` is neither ready nor gone`);
}

async function stopPostmaster(dataFolder: string, pid: number): Promise<void> {
  if (isAlive(pid)) process.kill(pid, "SIGINT");
  for (let poll = 0; poll < stopPollsMax; poll++) {
    if (!isAlive(pid)) return;
    const file = await readPostmasterFile(dataFolder);
    // It removes its file a moment before it is gone; where the system can't tell them apart the file decides.
    if (file?.pid !== pid && (await servesFolder(pid, dataFolder)) !== true) return;
    await wait(pollMs);
  }
  throw new JournalError("ERR_JOURNAL_POSTGRES", `PostgreSQL (process ${pid}) does not end`);
}

async function freePort(wanted: number | null): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", (error: NodeJS.ErrnoException) => {
      if (wanted !== null && error.code === "EADDRINUSE") resolve(freePort(null));
      else reject(error);
    });
    probe.listen(wanted ?? 0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

/** Starts the server as a process of its own and returns its process ID once it takes connections. */
async function launch(cluster: Cluster, port: number): Promise<number> {
  const { dataFolder, binaries, account } = cluster;
  const { command, prefix, identity } = await serverCommand(binaries.postgres, account, [
    binaries.folder,
    dataFolder,
  ]);
  const logFile = path.join(dataFolder, "server.log");
  // Begun anew with each start, so that it cannot grow for ever.
  const log = await open(logFile, "w", 0o600);
  let child: ChildProcess;
  try {
    child = spawn(
      command,
      [
        ...prefix,
        "-D",
        dataFolder,
        "-p",
        String(port),
        ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      ],
      { ...identity, cwd: "/", env: serverEnvironment, detached: true, stdio: ["ignore", log.fd, log.fd] },
    );
  } finally {
    await log.close();
  }
  const ending: { how: string | null } = { how: null };
  child.on("error", (error) => (ending.how ??= error.message));
  child.on("exit", (code, signal) => (ending.how ??= `ended with ${code ?? signal ?? "no code"}`));
  child.unref();
  for (let poll = 0; poll < startPollsMax; poll++) {
    await wait(pollMs);
    if (ending.how !== null) throw await startFailure(logFile, ending.how);
    const file: PostmasterFile | null = await readPostmasterFile(dataFolder);
    if (file !== null && file.pid === child.pid && file.status === "ready") return file.pid;
  }
  throw await startFailure(logFile, "is not ready in time");
}

async function startFailure(logFile: string, end: string): Promise<JournalError> {
  const lines = (await readFile(logFile, "utf8")).trim().split("\n");
  const reason = lines.findLast((line) => /FATAL|PANIC|error|denied/i.test(line)) ?? end;
  return new JournalError("ERR_JOURNAL_POSTGRES", `PostgreSQL did not start: ${reason}`, {
    hint: `its log is \`${logFile}\``,
  });
}
