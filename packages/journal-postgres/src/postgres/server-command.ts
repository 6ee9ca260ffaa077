import { access, constants, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { ServerAccount } from "./server-account.ts";

/** What to spawn, so that a program runs as the server's account and can reach its files. */
interface ServerCommand {
  readonly command: string;
  readonly prefix: readonly string[];
  /** For spawn, where the command does not change the account itself. */
  readonly identity: { readonly uid: number; readonly gid: number } | Record<string, never>;
}

type Capability = "dac_read_search" | "dac_override";

/** Bits in the kernel's capability sets (capabilities(7)). */
const capabilityBits: Readonly<Record<Capability, bigint>> = {
  dac_override: 1n << 1n,
  dac_read_search: 1n << 2n,
};

const setprivPaths = ["/usr/bin/setpriv", "/bin/setpriv", "/usr/sbin/setpriv"];

/**
 * How to run `program` as `account` (null: as this process). A home or a clone below a folder of mode 0700 is out of
 * another account's reach, so there the server gets the one capability that lets it read and search past such
 * modes, and no other; everywhere else it gets none.
 */
export async function serverCommand(
  program: string,
  account: ServerAccount | null,
  folders: readonly string[],
): Promise<ServerCommand> {
  if (account === null) return { command: program, prefix: [], identity: {} };
  const plain = { command: program, prefix: [], identity: account };
  if (process.platform !== "linux") return plain;
  const setpriv = await firstExecutable(setprivPaths);
  const capability = await capabilityNeeded(program, account, folders);
  if (setpriv === null || capability === null) return plain;
  const only = `-all,+${capability}`;
  const prefix = [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    "--init-groups",
    `--inh-caps=${only}`,
    `--ambient-caps=${only}`,
    `--bounding-set=${only}`,
    // access(2) asks for the real account's rights, without capabilities, unless this bit is set.
    "--securebits=+no_setuid_fixup",
    "--",
    program,
  ];
  return { command: setpriv, prefix, identity: {} };
}

async function firstExecutable(candidates: readonly string[]): Promise<string | null> {
  for (const candidate of candidates) {
    const usable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return candidate;
  }
  return null;
}

/** The least capability that makes program and folders reachable; null when none is needed or this process has none to give. */
async function capabilityNeeded(
  program: string,
  account: ServerAccount,
  folders: readonly string[],
): Promise<Capability | null> {
  const reachable = await Promise.all(
    [program, ...folders].map((target) => everyPartAllows(target, account, 0o1)),
  );
  const readable = await Promise.all(folders.map((folder) => allows(folder, account, 0o5)));
  if (![...reachable, ...readable].includes(false)) return null;
  // Reading past modes does not make a file executable: only the stronger capability does.
  const runnable = await allows(program, account, 0o1);
  const wanted: readonly Capability[] = runnable ? ["dac_read_search", "dac_override"] : ["dac_override"];
  const status = await readFile("/proc/self/status", "utf8");
  const held = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  const bounding = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  return wanted.find((capability) => (held & bounding & capabilityBits[capability]) !== 0n) ?? null;
}

async function everyPartAllows(target: string, account: ServerAccount, bits: number): Promise<boolean> {
  for (let part = target; ; part = path.dirname(part)) {
    if (!(await allows(part, account, bits))) return false;
    if (part === path.dirname(part)) return true;
  }
}

async function allows(target: string, { uid, gid }: ServerAccount, bits: number): Promise<boolean> {
  const { mode, uid: owner, gid: group } = await stat(target);
  const shift = owner === uid ? 6 : group === gid ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}
