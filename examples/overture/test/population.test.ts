import { statSync, truncateSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import {
  defaultIssuer,
  drillPasswordCost,
  mintSessions,
  openDatabase,
  OvertureError,
  seedAccounts,
  SessionFile,
} from "../src/index.ts";
import { account, claimsOf, longAgoMs, RunningOverture } from "./running-overture.ts";
import type { Tokens } from "./running-overture.ts";

let running: RunningOverture;
beforeEach(async () => {
  running = await RunningOverture.start();
});
afterEach(async () => {
  await running.stop();
});

function mint(installationOf = (accountId: string) => `inst-${accountId}`): string {
  const file = join(running.folder, "sessions");
  const database = openDatabase(running.home.databaseFile);
  const minted = mintSessions(
    database,
    ["ada", "bo"].map((accountId) => ({
      accountId,
      installationId: installationOf(accountId),
      platform: "android" as const,
      authTimeMs: longAgoMs + 123,
      passwordSetAtMs: longAgoMs,
    })),
    {
      keys: running.home.signingKeys,
      issuer: defaultIssuer,
      nowMs: Date.now(),
      accessTokenMs: 60_000,
      refreshTokenMs: 60_000,
      file,
    },
  );
  expect(minted).toBe(2);
  return file;
}

test("a session that was minted is one like any other: it plays, and refreshes with its old auth_time", async () => {
  const file = new SessionFile(mint());
  expect(file.size).toBe(2);
  const { accessToken, refreshToken } = file.read(1);
  expect(claimsOf(accessToken)).toMatchObject({ sub: "bo", auth_time: (longAgoMs + 123) / 1000 });
  expect((await running.request("/play/t", accessToken)).status).toBe(200);
  const refreshed = (await (await running.refresh(refreshToken)).json()) as Tokens;
  expect(claimsOf(refreshed.access_token)).toMatchObject({
    sub: "bo",
    inst: "inst-bo",
    auth_time: (longAgoMs + 123) / 1000,
  });
  expect(() => file.read(2)).toThrow(RangeError);
  file.close();
});

test("an installation speaks for its own account only, whatever a token says", async () => {
  const file = new SessionFile(mint(() => "inst-ada"));
  const status = async (session: number) =>
    (await running.request("/offline/list-1", file.read(session).accessToken)).status;
  expect([await status(0), await status(1)]).toEqual([200, 404]);
  file.close();
});

test("a session file is for its owner's eyes, and a cut one is told", () => {
  const file = mint();
  expect([statSync(file).mode & 0o777, statSync(`${file}.index`).mode & 0o777]).toEqual([0o600, 0o600]);
  truncateSync(`${file}.index`, 9);
  expect(() => new SessionFile(file)).toThrow(OvertureError);
});

test("an account that is there already ends the loading, and nothing of the batch is kept", () => {
  const database = openDatabase(running.home.databaseFile);
  expect(() => seedAccounts(database, [account("cy"), account("ada")], drillPasswordCost)).toThrow("UNIQUE");
  expect(database.prepare("SELECT count(*) AS n FROM accounts").get()).toEqual({ n: 2 });
  database.close();
});
