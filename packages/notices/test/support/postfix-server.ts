import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const program = "/usr/sbin/postfix";
/** `nobody`, who owns the mailboxes. */
const mailboxUid = 65_534;
const readyWithinMs = 30_000;
const emptyWithinMs = 90_000;

/** Throws, in one line, when Postfix can't be run here. */
export function checkPostfix(): void {
  if (!existsSync(program)) throw new Error(`no \`${program}\`: apt-get install postfix`);
  if (process.getuid?.() !== 0) throw new Error("Postfix starts only as root, run this test as root");
}

/** A message as it lies in a mailbox: what Postfix put in front, and the rest; LF line ends. */
export type KeptMessage = { readonly mailbox: string; readonly text: string };

/** A Postfix of one's own in a temporary folder: one domain with virtual mailboxes (maildirs), no way to anybody else. */
export class PostfixServer {
  readonly #folder: string;
  readonly #domain: string;
  readonly port: number;
  #process: ChildProcess;

  private constructor(folder: string, domain: string, port: number, child: ChildProcess) {
    this.#folder = folder;
    this.#domain = domain;
    this.port = port;
    this.#process = child;
  }

  /** Resolves once it greets. Throws, with its log, when it ends or stays silent. */
  static async start(domain: string, mailboxes: readonly string[]): Promise<PostfixServer> {
    const folder = mkdtempSync(path.join(tmpdir(), "cordon-postfix-"));
    // Postfix' processes of other accounts pass through.
    chmodSync(folder, 0o755);
    for (const name of ["config", "queue", "data", "mail"]) mkdirSync(path.join(folder, name));
    chownSync(path.join(folder, "data"), idOf("postfix"), -1);
    chownSync(path.join(folder, "mail"), mailboxUid, mailboxUid);
    const port = await freePort();
    writeFileSync(path.join(folder, "config/main.cf"), mainSettings(folder, domain));
    writeFileSync(path.join(folder, "config/master.cf"), services(port));
    writeFileSync(
      path.join(folder, "config/mailboxes"),
      mailboxes.map((mailbox) => `${mailbox}@${domain} ${mailbox}/\n`).join(""),
    );
    const server = new PostfixServer(folder, domain, port, startMaster(folder));
    await server.#ready();
    return server;
  }

  async #ready(): Promise<void> {
    for (let waitedMs = 0; !(await greets(this.port)); waitedMs += 50) {
      if (this.#process.exitCode !== null || waitedMs > readyWithinMs) {
        const said = this.log;
        await this.remove();
        throw new Error(`Postfix does not answer: ${said}`);
      }
      await wait(50);
    }
  }

  /** `kill -9` on it and on every process that it started; its queue stays as it lies. */
  async crash(): Promise<void> {
    const { pid } = this.#process;
    if (pid === undefined) return;
    const ended = once(this.#process, "exit");
    for (const one of [pid, ...descendantsOf(pid)]) {
      try {
        process.kill(one, "SIGKILL");
      } catch {
        // It ended by itself meanwhile.
      }
    }
    await ended;
  }

  /** Starts it again where it was. */
  async restart(): Promise<void> {
    this.#process = startMaster(this.#folder);
    await this.#ready();
  }

  get log(): string {
    return readFileSync(path.join(this.#folder, "log"), "utf8");
  }

  /** Empties all mailboxes, once the queue holds nothing any more. Throws, with the log, when it keeps something. */
  async takeMail(): Promise<readonly KeptMessage[]> {
    for (let waitedMs = 0; this.#queued() > 0; waitedMs += 50) {
      if (waitedMs > emptyWithinMs) throw new Error(`Postfix keeps ${this.#queued()} messages: ${this.log}`);
      await wait(50);
    }
    const mail = path.join(this.#folder, "mail");
    const files = readdirSync(mail, { recursive: true })
      .map(String)
      .filter((name) => statSync(path.join(mail, name)).isFile());
    return files.map((name) => {
      const text = readFileSync(path.join(mail, name), "latin1");
      rmSync(path.join(mail, name));
      return { mailbox: `${path.dirname(path.dirname(name))}@${this.#domain}`, text };
    });
  }

  /** Ends it and removes its folder. */
  async remove(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, "exit");
      execFileSync(program, ["-c", path.join(this.#folder, "config"), "stop"], { stdio: "ignore" });
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Messages move through these folders in this order, so that none is overlooked. */
  #queued(): number {
    return ["incoming", "active", "deferred"]
      .flatMap((name) =>
        readdirSync(path.join(this.#folder, "queue", name), { withFileTypes: true, recursive: true }),
      )
      .filter((entry) => entry.isFile() && isTaken(path.join(entry.parentPath, entry.name))).length;
  }
}

/** Postfix makes a queue file executable once all of it is there, just before it answers 250; what a killed one left before that is nobody's mail. */
function isTaken(file: string): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && (stat.mode & 0o100) !== 0;
}

function startMaster(folder: string): ChildProcess {
  const log = openSync(path.join(folder, "log"), "a");
  const child = spawn(program, ["-c", path.join(folder, "config"), "start-fg"], {
    cwd: folder,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  return child;
}

/** Ids of all processes below one, as /proc has them now. */
function descendantsOf(pid: number): number[] {
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => parentOf(name) === pid)
    .map(Number);
  return [...children, ...children.flatMap(descendantsOf)];
}

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return 0;
  }
}

function mainSettings(folder: string, domain: string): string {
  return Object.entries({
    compatibility_level: "3.6",
    queue_directory: `${folder}/queue`,
    data_directory: `${folder}/data`,
    maillog_file: "/dev/stdout",
    myhostname: "postfix.invalid",
    inet_interfaces: "127.0.0.1",
    inet_protocols: "ipv4",
    // No name is looked up and nothing leaves the machine.
    smtp_dns_support_level: "disabled",
    smtpd_peername_lookup: "no",
    mydestination: "",
    mynetworks: "127.0.0.0/8",
    alias_maps: "",
    local_recipient_maps: "",
    default_transport: "error:no way out",
    relay_transport: "error:no way out",
    smtpd_relay_restrictions: "reject_unauth_destination",
    local_header_rewrite_clients: "",
    virtual_mailbox_domains: domain,
    virtual_mailbox_base: `${folder}/mail`,
    virtual_mailbox_maps: `texthash:${folder}/config/mailboxes`,
    virtual_mailbox_limit: "0",
    virtual_uid_maps: `static:${mailboxUid}`,
    virtual_gid_maps: `static:${mailboxUid}`,
  })
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("");
}

/** Columns: service, type, private, unprivileged, chroot, wake-up seconds, processes, command. */
function services(port: number): string {
  return [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    "cleanup unix n - n - 0 cleanup",
    "qmgr unix n - n 300 1 qmgr",
    "rewrite unix - - n - - trivial-rewrite",
    "bounce unix - - n - 0 bounce",
    "defer unix - - n - 0 bounce",
    "trace unix - - n - 0 bounce",
    "proxymap unix - - n - - proxymap",
    "anvil unix - - n - 1 anvil",
    "error unix - - n - - error",
    "retry unix - - n - - error",
    "virtual unix - n n - - virtual",
    "postlog unix-dgram n - n - 1 postlogd",
    "",
  ].join("\n");
}

function idOf(account: string): number {
  return Number(execFileSync("id", ["-u", account]).toString());
}

async function greets(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    const greeting: unknown[] = await once(socket, "data");
    return String(greeting[0]).startsWith("220 ");
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new TypeError("no port");
  return address.port;
}
