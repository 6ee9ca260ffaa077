import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import type { ContenderStart } from "./contender.ts";

export function hasRedis(): boolean {
  return spawnSync("redis-server", ["--version"]).status === 0;
}

/** Redis counts bits from the most significant end of a byte. */
function reversed(bytes: Uint8Array): Buffer {
  return Buffer.from(
    bytes.map((byte) => {
      let mirror = 0;
      for (let bit = 0; bit < 8; bit += 1) if ((byte >> bit) & 1) mirror |= 128 >> bit;
      return mirror;
    }),
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function connected(port: number): Promise<Socket> {
  for (let attempt = 0; ; attempt += 1) {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    try {
      await once(socket, "connect");
      return socket;
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** One GETBIT at a time over one connection, raw: no client library stands between. Only the cohort of 4 million is asked. */
export const startRedis: ContenderStart = async ({ requests, cohorts }) => {
  const folder = await mkdtemp(path.join(tmpdir(), "cordon-redis-"));
  const port = await freePort();
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder];
  const server = spawn("redis-server", [...options, "--appendonly", "no"], { stdio: "ignore" });
  const socket = await connected(port);
  let answered: (reply: Buffer) => void = () => undefined;
  socket.on("data", (reply: Buffer) => answered(reply));
  const next = (): Promise<Buffer> => new Promise((resolve) => (answered = resolve));
  const bytes = reversed(cohorts.touched.bytes);
  const stored = next();
  socket.write(`*3\r\n$3\r\nSET\r\n$1\r\nt\r\n$${bytes.length}\r\n`);
  socket.write(bytes);
  socket.write("\r\n");
  if ((await stored).toString() !== "+OK\r\n") throw new Error("redis did not take the bitmap");
  return {
    answers: "member-or-not",
    askLater: async (index) => {
      const offset = String(requests[index]?.ordinal ?? 0);
      const reply = next();
      socket.write(`*3\r\n$6\r\nGETBIT\r\n$1\r\nt\r\n$${offset.length}\r\n${offset}\r\n`);
      // `:0` or `:1`
      return ((await reply)[1] ?? 0) - 0x30;
    },
    end: async () => {
      socket.destroy();
      const ended = once(server, "exit");
      server.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
};
