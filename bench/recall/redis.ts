import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { access } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

import type { ReadyCohort } from "./ready-cohort.ts";

const program = "/usr/bin/redis-server";
const membersPerCommand = 500;

/** A Redis of one's own, in memory alone, asked in its own protocol: no client library stands between. */
export class Redis {
  readonly #process: ChildProcess;
  readonly #socket: Socket;
  readonly #answers: (() => void)[] = [];
  #received: Buffer = Buffer.alloc(0);
  #last = "";

  private constructor(server: ChildProcess, socket: Socket) {
    this.#process = server;
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => this.#read(bytes));
  }

  /** Null where it is not installed. */
  static async start(): Promise<Redis | null> {
    try {
      await access(program);
    } catch {
      return null;
    }
    const port = await freePort();
    const server = spawn(
      program,
      ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
      {
        stdio: "ignore",
      },
    );
    for (;;) {
      const socket = connect(port, "127.0.0.1");
      const connected = await Promise.race([
        once(socket, "connect").then(() => true),
        once(socket, "error").then(() => false),
      ]).catch(() => false);
      if (connected) return new Redis(server, socket.setNoDelay());
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async version(): Promise<string> {
    return /redis_version:(\S+)/.exec(await this.#info("server"))?.[1] ?? "unknown";
  }

  /** One set of numbers, 500 to a command, all sent before the first answer is waited for. */
  async addMembers({ ordinals }: ReadyCohort): Promise<void> {
    const waits: Promise<void>[] = [];
    for (let start = 0; start < ordinals.length; start += membersPerCommand) {
      const part = ordinals.subarray(start, start + membersPerCommand);
      const texts = Array.from(part, (ordinal) => {
        const text = String(ordinal);
        return `$${text.length}\r\n${text}\r\n`;
      });
      waits.push(this.#send(`*${part.length + 2}\r\n$4\r\nSADD\r\n$6\r\nmember\r\n${texts.join("")}`));
      if (this.#socket.writableNeedDrain) await once(this.#socket, "drain");
    }
    await Promise.all(waits);
  }

  /** One value; Redis counts bits from the most significant end of each byte. */
  async setBitmap({ bitmap }: ReadyCohort): Promise<void> {
    const value = Buffer.allocUnsafe(bitmap.length);
    for (let at = 0; at < bitmap.length; at += 1) value[at] = reversed[bitmap[at] ?? 0] ?? 0;
    const done = this.#send(`*3\r\n$3\r\nSET\r\n$6\r\nbitmap\r\n$${value.length}\r\n`);
    this.#socket.write(value);
    this.#socket.write("\r\n");
    await done;
  }

  isMember(ordinal: number): Promise<number> {
    return this.#number("SISMEMBER", "member", String(ordinal));
  }

  hasBit(ordinal: number): Promise<number> {
    return this.#number("GETBIT", "bitmap", String(ordinal));
  }

  members(): Promise<number> {
    return this.#number("SCARD", "member");
  }

  bits(): Promise<number> {
    return this.#number("BITCOUNT", "bitmap");
  }

  async memoryBytes(): Promise<number> {
    return Number(/used_memory:(\d+)/.exec(await this.#info("memory"))?.[1] ?? 0);
  }

  async clear(): Promise<void> {
    await this.#command("FLUSHALL");
  }

  async stop(): Promise<void> {
    this.#socket.destroy();
    this.#process.kill();
    await once(this.#process, "exit");
  }

  async #number(...words: readonly string[]): Promise<number> {
    await this.#command(...words);
    return Number(this.#last.slice(1));
  }

  async #info(section: string): Promise<string> {
    await this.#command("INFO", section);
    return this.#last;
  }

  #command(...words: readonly string[]): Promise<void> {
    return this.#send(
      `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`,
    );
  }

  #send(text: string): Promise<void> {
    const answered = new Promise<void>((resolve) => this.#answers.push(resolve));
    this.#socket.write(text, "latin1");
    return answered;
  }

  /** Answers here are one line, or a length and so many bytes. */
  #read(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    let start = 0;
    for (;;) {
      const end = this.#received.indexOf("\r\n", start);
      if (end < 0) break;
      const line = this.#received.toString("latin1", start, end);
      let next = end + 2;
      let answer = line;
      if (line.startsWith("$")) {
        const length = Number(line.slice(1));
        if (this.#received.length < next + length + 2) break;
        answer = this.#received.toString("latin1", next, next + length);
        next += length + 2;
      }
      if (line.startsWith("-")) throw new Error(`redis: ${line}`);
      this.#last = answer;
      start = next;
      this.#answers.shift()?.();
    }
    this.#received = this.#received.subarray(start);
  }
}

const reversed = Uint8Array.from({ length: 256 }, (_, byte) => {
  let other = 0;
  for (let bit = 0; bit < 8; bit += 1) other |= ((byte >>> bit) & 1) << (7 - bit);
  return other;
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
