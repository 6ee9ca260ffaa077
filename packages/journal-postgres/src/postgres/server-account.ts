import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { JournalError } from "../errors.ts";

const run = promisify(execFile);

/** Who the PostgreSQL server runs as when Cordon runs as root, which PostgreSQL refuses. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

const accountName = "postgres";

/** The system account for the server; null when this process is not root and the server can run as it stands. */
export async function serverAccount(): Promise<ServerAccount | null> {
  if (process.getuid?.() !== 0) return null;
  return (await lookUp()) ?? (await create());
}

async function lookUp(): Promise<ServerAccount | null> {
  const passwd = await readFile("/etc/passwd", "utf8").catch(() => "");
  const line = new RegExp(`^${accountName}:[^:]*:(\\d+):(\\d+):`, "m").exec(passwd);
  if (line !== null) return { uid: Number(line[1]), gid: Number(line[2]) };
  // Accounts may come from elsewhere than the file.
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", accountName]), run("id", ["-g", accountName])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    // `id` fails for exactly one reason here: there is no such account.
    return null;
  }
}

async function create(): Promise<ServerAccount> {
  try {
    await run("useradd", [
      "--system",
      "--user-group",
      "--no-create-home",
      "--shell",
      "/bin/false",
      accountName,
    ]);
  } catch (cause) {
    // Another process may have made it in the same moment.
    const made = await lookUp();
    if (made !== null) return made;
    throw new JournalError(
      "ERR_JOURNAL_POSTGRES",
      "PostgreSQL can't run as root and has no account of its own",
      {
        hint: `make a system user \`${accountName}\`, run Cordon as another user, or set DATABASE_URL`,
        cause,
      },
    );
  }
  const account = await lookUp();
  if (account !== null) return account;
  throw new JournalError("ERR_JOURNAL_POSTGRES", `the new system user \`${accountName}\` can't be found`, {
    hint: "run Cordon as another user, or set DATABASE_URL",
  });
}
