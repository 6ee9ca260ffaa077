import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import {
  drillPasswordCost,
  openDatabase,
  openOvertureHome,
  seedAccounts,
  seedInstallations,
} from "../src/index.ts";
import { enforcementToken, FakeControlPlane } from "./fake-control-plane.ts";
import { account, installation } from "./running-overture.ts";

const main = new URL("../src/main.ts", import.meta.url).pathname;

let folder: string;
let controlPlane: FakeControlPlane;
let url: string;
const started: ChildProcess[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "overture-main-"));
  controlPlane = new FakeControlPlane();
  url = await controlPlane.start();
  writeFileSync(join(folder, "public.pem"), controlPlane.keys.publicKeyPem);
  writeFileSync(join(folder, "token"), `${enforcementToken}\n`);
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
  await controlPlane.close();
  rmSync(folder, { recursive: true });
});

function start(instance: string, args: string[] = []): ChildProcess {
  const options = [
    "--home",
    join(folder, "home"),
    "--instance",
    instance,
    "--passwords",
    "drill",
    "--cordon",
    url,
  ];
  const secrets = ["--cordon-token-file", join(folder, "token"), "--cordon-key", join(folder, "public.pem")];
  const child = spawn(process.execPath, [main, ...options, ...secrets, ...args], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  started.push(child);
  return child;
}

async function listening(child: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.endsWith("\n")) break;
  }
  return (JSON.parse(text) as { listening: string }).listening;
}

async function signIn(base: string): Promise<string> {
  const response = await fetch(`${base}/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "urn:overture:grant:sign-in",
      client_id: "overture-android",
      username: "ada@example.org",
      password: "password of ada",
      installation: "inst-ada",
    }),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { access_token: string }).access_token;
}

function play(base: string, token: string): Promise<Response> {
  return fetch(`${base}/play/t`, { method: "POST", headers: { authorization: `Bearer ${token}` } });
}

test("two instances that start at once on an empty folder share keys and accounts: a token of one is good at the other", async () => {
  const children = [start("one"), start("two")];
  const [one = "", two = ""] = await Promise.all(children.map(listening));
  const home = openOvertureHome(join(folder, "home"));
  expect(statSync(join(home.folder, "keys", "signing.json")).mode & 0o777).toBe(0o600);
  const database = openDatabase(home.databaseFile);
  seedAccounts(database, [account("ada")], drillPasswordCost);
  seedInstallations(database, [installation("ada")]);
  database.close();
  expect((await play(two, await signIn(one))).status).toBe(200);

  for (const child of children) child.kill("SIGTERM");
  expect(await Promise.all(children.map((child) => once(child, "exit")))).toEqual([
    [0, null],
    [0, null],
  ]);
  expect(readFileSync(join(home.logFolder, "one.jsonl"), "utf8")).toContain('"kind":"sign-in"');
  expect(readFileSync(join(home.logFolder, "two.jsonl"), "utf8")).toContain('"action":"play"');
});

test("an instance that starts while the control plane is down enforces the last good bundle", async () => {
  await controlPlane.publish({
    version: 5,
    rules: [{ id: "t", measure: "refuse_client", where: { platform: "android" }, trusted: ["google-play"] }],
  });
  const first = start("one");
  const home = join(folder, "home");
  await listening(first);
  first.kill("SIGTERM");
  await once(first, "exit");
  await controlPlane.close();

  const second = start("one", ["--before-first-bundle", "allow"]);
  const base = await listening(second);
  const database = openDatabase(openOvertureHome(home).databaseFile);
  seedAccounts(database, [account("ada")], drillPasswordCost);
  database.close();
  const response = await fetch(`${base}/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "urn:overture:grant:sign-in",
      client_id: "overture-android",
      username: "ada@example.org",
      password: "password of ada",
      installation: "inst-ada",
    }),
  });
  expect([response.status, await response.json()]).toMatchObject([403, { directives: [{ rule: "t" }] }]);
  controlPlane = new FakeControlPlane();
  await controlPlane.start();
});

test("an instance whose parent is gone ends orderly", async () => {
  const child = start("one");
  await listening(child);
  child.disconnect();
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("a wrong option ends it with 2 and one line that names it", async () => {
  const child = start("one", ["--threshold", "3"]);
  let errors = "";
  child.stderr?.on("data", (chunk) => (errors += String(chunk)));
  expect(await once(child, "close")).toEqual([2, null]);
  expect(errors).toMatch(/^overture: [^\n]*threshold[^\n]*\n$/);
});
