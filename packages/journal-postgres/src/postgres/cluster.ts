import { spawn } from "node:child_process";
import { chmod, chown, lchown, mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { JournalError } from "../errors.ts";
import type { PostgresBinaries } from "./binaries.ts";
import { embeddedDatabase, embeddedUser } from "./postgres-url.ts";
import type { ServerAccount } from "./server-account.ts";
import { serverCommand } from "./server-command.ts";

/** The embedded cluster of one home and what runs it. */
export interface Cluster {
  readonly home: string;
  /** HOME/postgres. */
  readonly dataFolder: string;
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount | null;
}

const initPrefix = ".postgres-init-";

export async function clusterExists(dataFolder: string): Promise<boolean> {
  return stat(path.join(dataFolder, "PG_VERSION")).then(
    () => true,
    () => false,
  );
}

/** A folder of its own where a cluster grows unseen; the finished one is moved into place, so that half of one is never found there. */
export async function initialiseCluster(cluster: Cluster, password: string, tag: string): Promise<void> {
  const { home, dataFolder, binaries, account } = cluster;
  const staging = path.join(home, `${initPrefix}${tag}`);
  const fresh = path.join(staging, "data");
  const passwordFile = path.join(staging, "password");
  try {
    await mkdir(fresh, { recursive: true, mode: 0o700 });
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    if (account !== null) {
      for (const target of [staging, fresh, passwordFile]) await chown(target, account.uid, account.gid);
    }
    await runToEnd(cluster, binaries.initdb, staging, [
      `--pgdata=${fresh}`,
      `--username=${embeddedUser}`,
      "--auth=scram-sha-256",
      `--pwfile=${passwordFile}`,
      "--no-locale",
      "--encoding=UTF8",
      "--no-instructions",
    ]);
    await rename(fresh, dataFolder);
    await syncFolder(home);
  } catch (error) {
    // Another process was quicker, and its cluster is as good as this one.
    if (!(await clusterExists(dataFolder))) throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Removes what an initialisation that was killed has left. */
export async function removeUnfinished(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (name.startsWith(initPrefix)) await rm(path.join(home, name), { recursive: true, force: true });
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Gives a folder that was copied by somebody else to the server's account again, as root; PostgreSQL insists on both owner and mode. */
export async function repairOwnership({ dataFolder, account }: Cluster): Promise<void> {
  const { uid, mode } = await stat(dataFolder);
  if ((mode & 0o077) !== 0) await chmod(dataFolder, 0o700);
  if (account === null) return;
  const version = await stat(path.join(dataFolder, "PG_VERSION"));
  if (uid === account.uid && version.uid === account.uid) return;
  for (const name of await readdir(dataFolder, { recursive: true })) {
    await lchown(path.join(dataFolder, name), account.uid, account.gid);
  }
  await lchown(dataFolder, account.uid, account.gid);
}

/** Sets the superuser's password of a stopped cluster, when HOME/postgres.url is lost or another's. */
export async function setPassword(cluster: Cluster, password: string): Promise<void> {
  const { binaries, dataFolder } = cluster;
  if (!/^[0-9a-f]+$/.test(password)) throw new TypeError("expected a password of hexadecimal digits");
  await runToEnd(
    cluster,
    binaries.postgres,
    dataFolder,
    ["--single", "-D", dataFolder, "-c", "log_min_messages=fatal", embeddedDatabase],
    `alter user ${embeddedUser} password '${password}'\n`,
  );
}

/** What programs of PostgreSQL see of the environment: nothing that could change their settings. */
export const serverEnvironment: Readonly<Record<string, string>> = {
  LC_ALL: "C",
  PATH: "/usr/bin:/bin",
  TZ: "UTC",
};

async function runToEnd(
  cluster: Cluster,
  program: string,
  workFolder: string,
  programArguments: readonly string[],
  input = "",
): Promise<void> {
  const { command, prefix, identity } = await serverCommand(program, cluster.account, [
    cluster.binaries.folder,
    workFolder,
  ]);
  const child = spawn(command, [...prefix, ...programArguments], {
    ...identity,
    cwd: "/",
    env: serverEnvironment,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let said = "";
  const keep = (chunk: Buffer): void => {
    said = (said + chunk.toString("utf8")).slice(-4000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  // A program that ends without reading closes the pipe; its exit code tells.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code === 0) return;
  const lines = said.trim().split("\n");
  const reason =
    lines.findLast((line) => /error|fatal|denied|cannot/i.test(line)) ?? lines.at(-1) ?? "no reason given";
  throw new JournalError("ERR_JOURNAL_POSTGRES", `\`${path.basename(program)}\` failed: ${reason}`, {
    hint: "move the home folder to where the user `postgres` may enter, run Cordon as another user, or set DATABASE_URL",
  });
}
