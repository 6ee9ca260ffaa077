import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { openDatabase } from "../src/index.ts";
import { AccountSessions } from "../src/accounts/account-sessions.ts";
import { dropExpired, sqliteAdapter } from "../src/identity/oidc-adapter.ts";

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "oidc-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "overture.sqlite");
}

test("a code or refresh token is consumed once, also when two instances are asked at the same moment", async () => {
  const file = temporaryFile();
  const databases = [openDatabase(file), openDatabase(file)];
  const adapters = databases.map((database) => sqliteAdapter(database, () => 0)("RefreshToken"));
  await adapters[0]?.upsert("t", { jti: "t", accountId: "ada", grantId: "g" }, 60);
  for (const adapter of adapters) expect(await adapter.find("t")).not.toHaveProperty("consumed");
  await adapters[0]?.consume("t");
  await expect(adapters[1]?.consume("t")).rejects.toMatchObject({ error: "invalid_grant" });
  expect(await adapters[1]?.find("t")).toHaveProperty("consumed");
  for (const database of databases) database.close();
});

test("all that an account has can be dropped, and nothing else goes", async () => {
  const database = openDatabase(temporaryFile());
  const adapter = sqliteAdapter(database, () => 0);
  await adapter("RefreshToken").upsert("a", { jti: "a", accountId: "ada", grantId: "g" }, 60);
  await adapter("Session").upsert("b", { jti: "b", accountId: "ada", uid: "u" }, 60);
  await adapter("RefreshToken").upsert("c", { jti: "c", accountId: "bo", grantId: "h" }, 60);
  new AccountSessions(database).endAll("ada", 0);
  expect(await adapter("RefreshToken").find("a")).toBeUndefined();
  expect(await adapter("Session").findByUid("u")).toBeUndefined();
  expect(await adapter("RefreshToken").find("c")).toMatchObject({ accountId: "bo" });
  database.close();
});

test("what has expired is removed, so many at a time", async () => {
  const database = openDatabase(temporaryFile());
  const adapter = sqliteAdapter(database, () => 0)("RefreshToken");
  for (const id of ["a", "b", "c"]) await adapter.upsert(id, { jti: id }, 60);
  await adapter.upsert("d", { jti: "d" }, 61);
  expect([1, 2, 3].map(() => dropExpired(database, 60_001, 2))).toEqual([2, 1, 0]);
  expect(await adapter.find("d")).toBeDefined();
  database.close();
});
