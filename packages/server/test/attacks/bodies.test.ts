import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestServer } from "../support/test-server.ts";

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await TestServer.start(1);
  token = await server.token("author");
});
afterAll(() => server.end());

const bytesOfAttack = 100 * 1024 * 1024;
const chunk = Buffer.alloc(64 * 1024, 0x20);

/** A connection that remembers what it was told. */
async function connection(): Promise<{ socket: Socket; told: () => string; ended: Promise<void> }> {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  let text = "";
  socket.on("data", (data: Buffer) => (text += data.toString("latin1")));
  // Whoever sends on into a closed connection is told so by the system.
  socket.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  await once(socket, "connect");
  return { socket, told: () => text, ended };
}

/** Sends until the other side hears no more; gives how many bytes it took. */
async function pour(socket: Socket, ended: Promise<void>, frame: (data: Buffer) => Buffer): Promise<number> {
  const isOver = { yes: false };
  void ended.then(() => (isOver.yes = true));
  let sent = 0;
  while (sent < bytesOfAttack && !isOver.yes && socket.writable) {
    if (!socket.write(frame(chunk)))
      await Promise.race([once(socket, "drain").catch(() => undefined), ended]);
    sent += chunk.length;
  }
  return sent;
}

const head = (more: string, who = `Authorization: Bearer ${token}\r\n`) =>
  `POST /v1/incidents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${who}${more}\r\n\r\n`;
const chunked = (data: Buffer) =>
  Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from("\r\n")]);

describe("a body of 100 MB", () => {
  test.each([
    ["that says how long it is", () => `Content-Length: ${bytesOfAttack}`, (data: Buffer) => data, 413],
    ["that does not say how long it is", () => "Transfer-Encoding: chunked", chunked, 413],
  ])("%s is refused long before its end", async (_, more, frame, status) => {
    const { socket, told, ended } = await connection();
    socket.write(head(more()));
    const sent = await pour(socket, ended, frame);
    await ended;
    expect(told()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    // Four megabytes are the limit; the rest of this is what the system holds between the two ends.
    expect(sent).toBeLessThan(bytesOfAttack / 4);
  });

  test("of nobody is not even read", async () => {
    const { socket, told, ended } = await connection();
    socket.write(head(`Content-Length: ${bytesOfAttack}`, ""));
    const sent = await pour(socket, ended, (data) => data);
    await ended;
    expect(told()).toMatch(/^HTTP\/1.1 401 /);
    expect(sent).toBeLessThan(bytesOfAttack / 4);
  });
});

describe("a slow loris", () => {
  test("that sends its head letter by letter is hung up on, and nobody else waits meanwhile", async () => {
    const slow = await Promise.all(Array.from({ length: 50 }, connection));
    const isOver = { yes: false };
    const ended = Promise.all(slow.map((one) => one.ended)).then(() => (isOver.yes = true));
    for (const { socket } of slow) socket.write("GET /v1/status HTTP/1.1\r\nX-A: ");
    while (!isOver.yes) {
      for (const { socket } of slow) if (socket.writable) socket.write("b");
      expect((await server.get("author", "/v1/status")).status).toBe(200);
      await Promise.race([wait(500), ended]);
    }
    // In Node's own words, without reaching the application.
    for (const { told } of slow) expect(told()).toMatch(/^HTTP\/1.1 408 /);
  });
});
