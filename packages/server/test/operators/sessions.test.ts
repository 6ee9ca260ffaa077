import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal, type Journal } from "@cordon/journal-postgres";
import { startTestPostgres, type TestPostgres } from "@cordon/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { KnownOperator } from "../../src/operators/operator-book.ts";
import { openDoor, type OperatorDoor } from "../../src/operators/operator-door.ts";
import { OperatorRegister } from "../../src/operators/operator-register.ts";
import { sessionLifetime, sessionsPerOperatorMax } from "../../src/operators/sessions.ts";

let home: string;
let postgres: TestPostgres;
let journal: Journal;
let door: OperatorDoor;
let operator: KnownOperator;
let nowMs = Date.UTC(2014, 4, 27);

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "cordon-sessions-"));
  postgres = await startTestPostgres();
  const clock = () => nowMs;
  journal = await openJournal({ home, databaseUrl: postgres.url, clock, randomBytes });
  const register = new OperatorRegister(clock);
  const plane = { journal, home };
  door = await openDoor({ plane, register, clock, origin: () => "https://cordon.example" });
  const known = (await register.current()).operator("author");
  if (known === null) throw new Error("no author");
  operator = known;
});
afterAll(async () => {
  await journal.close();
  await postgres.stop();
  await rm(home, { recursive: true, force: true });
});

test("a session ends when nothing was asked for too long, and lives on while something is", async () => {
  const secret = await door.sessions.begin(operator, "passkey", "Firefox on Linux");
  for (let n = 0; n < 3; n++) {
    nowMs += sessionLifetime.idleMs - 1;
    expect(await door.sessions.find(secret)).not.toBeNull();
  }
  nowMs += sessionLifetime.idleMs;
  expect(await door.sessions.find(secret)).toBeNull();
});

test("a session ends after its whole time, whatever is asked", async () => {
  const secret = await door.sessions.begin(operator, "passkey", "Firefox on Linux");
  const untilMs = nowMs + sessionLifetime.absoluteMs;
  while (nowMs + sessionLifetime.idleMs / 2 < untilMs) {
    nowMs += sessionLifetime.idleMs / 2;
    expect(await door.sessions.find(secret)).not.toBeNull();
  }
  nowMs = untilMs;
  expect(await door.sessions.find(secret)).toBeNull();
});

test("a change of roles ends every session that began before it, and none that begins after", async () => {
  const before = await door.sessions.begin(operator, "passkey", "x");
  const data = { by: "administrator", operator: "author", roles: ["viewer"] } as const;
  await door.register.change(() => ({ event: { type: "operator-roles-changed", data }, made: null }));
  const now = (await door.register.current()).operator("author");
  if (now === null) throw new Error("no author");
  const after = await door.sessions.begin(now, "passkey", "x");
  // Begun on what was known before the change, and written after it.
  const late = await door.sessions.begin(operator, "passkey", "x");
  expect(await door.sessions.find(before)).toBeNull();
  expect(await door.sessions.find(late)).toBeNull();
  expect((await door.sessions.find(after))?.operator.roles).toEqual(["viewer"]);
  operator = now;
});

test("an operator has so many sessions and no more: the oldest gives way", async () => {
  const secrets: string[] = [];
  for (let n = 0; n <= sessionsPerOperatorMax; n++) {
    nowMs += 1;
    secrets.push(await door.sessions.begin(operator, "passkey", "x"));
  }
  expect(await door.sessions.of("author")).toHaveLength(sessionsPerOperatorMax);
  expect(await door.sessions.find(secrets[0] ?? "")).toBeNull();
  expect(await door.sessions.find(secrets.at(-1) ?? "")).not.toBeNull();
});

test("nobody ends another's session", async () => {
  const secret = await door.sessions.begin(operator, "passkey", "x");
  const session = await door.sessions.find(secret);
  await door.sessions.end("approver", session?.id ?? "");
  expect(await door.sessions.find(secret)).not.toBeNull();
});

test("a challenge is taken once, for what it was made for, and not too late", async () => {
  const challenge = await door.challenges.make("sign-in");
  expect(await door.challenges.take(challenge, "enrol")).toBe(false);
  const both = [door.challenges.take(challenge, "sign-in"), door.challenges.take(challenge, "sign-in")];
  expect((await Promise.all(both)).sort()).toEqual([false, true]);
  const other = await door.challenges.make("sign-in");
  nowMs += 6 * 60_000;
  expect(await door.challenges.take(other, "sign-in")).toBe(false);
});
