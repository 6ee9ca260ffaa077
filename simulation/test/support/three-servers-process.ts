import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/**
 * Stands in for `cordon serve`: three of it on the PostgreSQL of DATABASE_URL, each with a home of its own, behind a balancer on the
 * port that was asked for. One that is killed is started again. Each start is told on stderr: `server N: process PID`.
 */

const cordon = fileURLToPath(new URL("../../../packages/cli/bin/cordon.mjs", import.meta.url));
const restartAfterMs = 100;
const [home = "", port = "0"] = [option("--home"), option("--port")];

function option(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

interface Server {
  readonly name: string;
  readonly home: string;
  child: ChildProcess | null;
  /** null while it does not listen. */
  port: number | null;
}

const servers: Server[] = ["1", "2", "3"].map((name) => ({
  name,
  home: name === "1" ? home : `${home}-${name}`,
  child: null,
  port: null,
}));
let ending = false;

/** Resolves once it listens; from then on it is started again whenever it ends. */
async function start(server: Server): Promise<void> {
  const args = process.argv
    .slice(2)
    .map((text) => (text === home ? server.home : text === port ? "0" : text));
  const child = spawn(process.execPath, [cordon, ...args, "--json"], { stdio: ["ignore", "pipe", "pipe"] });
  server.child = child;
  process.stderr.write(`server ${server.name}: process ${child.pid ?? 0}\n`);
  createInterface({ input: child.stderr }).on("line", (line) =>
    process.stderr.write(`server ${server.name}: ${line}\n`),
  );
  child.once("exit", () => {
    server.port = null;
    if (!ending) void sleep(restartAfterMs).then(() => start(server));
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const listening = /"listening":"http:\/\/127\.0\.0\.1:(\d+)"/.exec(line)?.[1];
    if (listening === undefined) continue;
    server.port = Number(listening);
    return;
  }
}

async function untilListening(server: Server): Promise<void> {
  while (server.port === null) await sleep(20);
}

/** A home of its own, with the keys of the first, and the lake and evidence that all read. */
function join(server: Server): void {
  mkdirSync(server.home, { recursive: true, mode: 0o700 });
  for (const name of ["keys", "operators"])
    cpSync(`${home}/${name}`, `${server.home}/${name}`, { recursive: true, preserveTimestamps: true });
  for (const name of ["lake", "evidence"]) {
    mkdirSync(`${home}/${name}`, { recursive: true });
    if (!existsSync(`${server.home}/${name}`)) symlinkSync(`${home}/${name}`, `${server.home}/${name}`);
  }
}

let turn = 0;

/** Hands a connection to the next server that takes it; its end is the connection's end. */
function balance(client: Socket, left: number): void {
  const server = servers[turn++ % servers.length];
  if (left === 0 || server === undefined) {
    client.destroy();
    return;
  }
  if (server.port === null) {
    balance(client, left - 1);
    return;
  }
  const upstream = connect({ host: "127.0.0.1", port: server.port });
  let connected = false;
  upstream.once("connect", () => {
    connected = true;
    client.pipe(upstream).pipe(client);
  });
  upstream.on("error", () => {
    if (connected) client.destroy();
    else balance(client, left - 1);
  });
  upstream.once("close", () => connected && client.destroy());
  client.once("close", () => upstream.destroy());
}

const balancer = createServer((client) => {
  client.on("error", () => client.destroy());
  balance(client, servers.length);
});

async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  balancer.close();
  await Promise.all(
    servers.map(async ({ child }) => {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      await new Promise((resolve) => child.once("exit", resolve));
    }),
  );
  process.exit(0);
}
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void end());
process.on("disconnect", () => void end());

const [first, ...others] = servers;
if (first === undefined) throw new Error("no server");
void start(first);
await untilListening(first);
for (const server of others) {
  join(server);
  void start(server);
}
await Promise.all(others.map(untilListening));
balancer.listen(Number(port), "127.0.0.1");
