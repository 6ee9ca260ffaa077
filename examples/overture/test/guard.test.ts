import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { openDatabase, seedInstallations } from "../src/index.ts";
import { installation, RunningOverture } from "./running-overture.ts";

let running: RunningOverture;
beforeEach(async () => {
  running = await RunningOverture.start();
});
afterEach(async () => {
  await running.stop();
});

const longAgo = "2014-01-01T00:00:00Z";
const trusted = {
  id: "trusted",
  measure: "refuse_client",
  where: { platform: "android" },
  trusted: ["google-play"],
};
const upgrade = {
  id: "android",
  measure: "upgrade",
  where: { platform: "android" },
  below: "1.1.0",
  required: longAgo,
  stores: { "google-play": { available: longAgo, link: "https://play.example/overture" } },
};
const offline = {
  id: "offline",
  measure: "redownload",
  where: { platform: "android" },
  epoch: 2,
  from: "1.1.0",
};

function reauthenticate(cohort = "everyone") {
  return { id: "reauth", measure: "reauthenticate", cohort, cutoff: new Date().toISOString() };
}

async function directives(response: Response): Promise<string[]> {
  const body = (await response.json()) as { directives?: { measure: string }[] };
  return (body.directives ?? []).map(({ measure }) => measure);
}

async function asked(token: string, build?: string, context: object = {}) {
  const response = await running.request("/ofrep/v1/evaluate/flags", token, {
    body: JSON.stringify({ context }),
    headers: { "content-type": "application/json" },
    ...(build === undefined ? {} : { build }),
  });
  expect(response.status).toBe(200);
  const { flags } = (await response.json()) as { flags: { value: unknown }[] };
  return {
    directives: (flags[0]?.value as { directives: { measure: string; required: boolean; link?: string }[] })
      .directives,
    epoch: flags[1]?.value,
  };
}

describe("told to sign in again", () => {
  test("a session from before is denied on requests and on token issue, and one from after is not", async () => {
    const { access_token: before, refresh_token: refreshToken } = await running.signedIn("ada");
    await running.enforce({ version: 1, rules: [reauthenticate()] });

    const denied = await running.request("/play/track-1", before);
    expect(denied.status).toBe(401);
    expect(denied.headers.get("www-authenticate")).toMatch(
      /^Bearer error="insufficient_user_authentication", max_age=\d+$/,
    );
    expect(await directives(denied)).toEqual(["reauthenticate"]);

    const refused = await running.refresh(refreshToken);
    expect(refused.status).toBe(401);
    expect(refused.headers.get("content-type")).toContain("application/json");
    expect(refused.headers.get("www-authenticate")).toContain("insufficient_user_authentication");
    expect(await refused.json()).toMatchObject({
      error: "invalid_grant",
      directives: [{ measure: "reauthenticate", rule: "reauth", required: true }],
    });

    const { access_token: after, refresh_token: next } = await running.signedIn("ada");
    expect((await running.request("/play/track-1", after)).status).toBe(200);
    expect((await running.refresh(next)).status).toBe(200);
    expect((await running.request("/play/track-1", before)).status).toBe(401);
  });

  test("a refresh that was denied uses nothing up: when the measure is lifted the session goes on", async () => {
    const { refresh_token: refreshToken } = await running.signedIn("ada");
    await running.enforce({ version: 1, rules: [reauthenticate()] });
    expect((await running.refresh(refreshToken)).status).toBe(401);
    await running.enforce({ version: 2, rules: [] });
    expect((await running.refresh(refreshToken)).status).toBe(200);
  });

  test("whoever is not in the cohort meets nothing", async () => {
    const [ada, bo] = [await running.signedIn("ada"), await running.signedIn("bo")];
    await running.enforce({ version: 1, rules: [reauthenticate("some")] }, { some: ["ada"] });
    expect((await running.request("/play/track-1", ada.access_token)).status).toBe(401);
    expect((await running.request("/play/track-1", bo.access_token)).status).toBe(200);
  });
});

describe("platform, store and version", () => {
  test("come from the token's client and the build's attestation", async () => {
    const { access_token: token } = await running.signedIn("ada");
    await running.enforce({ version: 1, rules: [trusted, upgrade] });
    expect(
      (await running.request("/play/t", token, { build: running.build("google-play", "1.1.0") })).status,
    ).toBe(200);
    const old = await running.request("/play/t", token, { build: running.build("google-play", "1.0.9") });
    expect([old.status, await directives(old)]).toEqual([403, ["upgrade"]]);
    const elsewhere = await running.request("/play/t", token, { build: running.build("elsewhere", "1.1.0") });
    expect([elsewhere.status, await directives(elsewhere)]).toEqual([403, ["refuse_client"]]);
  });

  test.each([
    ["none", (): string | null => null],
    ["one signed by somebody else", (build: string): string => `${build.slice(0, -4)}AAAA`],
    ["a bare claim", (): string => "android/google-play/9.9.9"],
    ["no text of ours", (): string => "…".replace("…", "%%")],
  ])(
    "an attestation that is %s leaves the store unknown and the version unreadable",
    async (_name, change) => {
      const { access_token: token } = await running.signedIn("ada");
      await running.enforce({ version: 1, rules: [trusted, upgrade] });
      const build = change(running.build("google-play", "1.1.0"));
      const response = await running.request("/play/t", token, { build });
      expect(response.status).toBe(403);
      expect((await directives(response))[0]).toBe("refuse_client");
    },
  );

  test("an attestation for another platform than the token's client proves nothing", async () => {
    const { access_token: token } = await running.signedIn("ada");
    await running.enforce({ version: 1, rules: [trusted] });
    const build = running.build("google-play", "1.1.0", "ios");
    expect((await running.request("/play/t", token, { build })).status).toBe(403);
  });

  test("a bare claim can tighten: it names the store that has the version", async () => {
    const { access_token: token } = await running.signedIn("ada");
    await running.enforce({ version: 1, rules: [upgrade] });
    expect((await running.request("/play/t", token, { build: null })).status).toBe(200);
    expect((await running.request("/play/t", token, { build: "android/google-play/1.0.9" })).status).toBe(
      403,
    );
  });

  test("an OFREP context can tighten and not loosen", async () => {
    const { access_token: token } = await running.signedIn("ada");
    await running.enforce({ version: 1, rules: [upgrade] });
    expect(
      (await asked(token, running.build("google-play", "1.1.0"), { version: "1.0.0" })).directives,
    ).toMatchObject([{ measure: "upgrade", required: true, link: "https://play.example/overture" }]);
    const old = running.build("google-play", "1.0.9");
    expect((await asked(token, old, { version: "2.0.0" })).directives).toMatchObject([
      { measure: "upgrade" },
    ]);
  });

  test("are asked about at sign-in too: an untrusted build gets no token", async () => {
    await running.enforce({ version: 1, rules: [trusted] });
    const response = await running.signIn("ada", {}, running.build("elsewhere", "1.1.0"));
    expect(response.status).toBe(403);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    expect(await response.json()).toMatchObject({
      type: "urn:cordon:problem:client-refused",
      error: "access_denied",
      directives: [{ measure: "refuse_client" }],
    });
    expect((await running.signIn("ada", {}, running.build("google-play", "1.1.0"))).status).toBe(200);
  });
});

describe("offline copies", () => {
  const fixed = () => running.build("google-play", "1.1.0");

  test("are issued for the epoch that the policy asks for, and asked for again when it rises", async () => {
    const { access_token: token } = await running.signedIn("ada", {}, fixed());
    const take = async () =>
      await (await running.request("/offline/list-1", token, { build: fixed() })).json();
    expect(await take()).toEqual({ playlistId: "list-1", offlineEpoch: 1 });
    await running.enforce({ version: 1, rules: [offline] });
    expect(await asked(token, fixed())).toMatchObject({ directives: [{ measure: "redownload" }], epoch: 2 });
    expect((await running.request("/play/t", token, { build: fixed() })).status).toBe(200);
    expect(await take()).toEqual({ playlistId: "list-1", offlineEpoch: 2 });
    expect(await asked(token, fixed())).toEqual({ directives: [], epoch: 2 });
    await running.enforce({ version: 2, rules: [] });
    expect(await take()).toEqual({ playlistId: "list-1", offlineEpoch: 2 });
  });

  test("an installation without any is never told to download again", async () => {
    const { access_token: token } = await running.signedIn("ada", {}, fixed());
    await running.enforce({ version: 1, rules: [offline] });
    expect((await asked(token, fixed())).directives).toEqual([]);
    expect((await asked(token, fixed(), { offlineEpoch: 0 })).directives).toEqual([]);
  });

  test("a version below the rule's `from` is not told yet", async () => {
    const database = openDatabase(running.home.databaseFile);
    seedInstallations(database, [installation("ada", { id: "tablet", hasOffline: true })]);
    database.close();
    const { access_token: token } = await running.signedIn("ada", { installation: "tablet" });
    await running.enforce({ version: 1, rules: [offline] });
    expect((await asked(token)).directives).toEqual([]);
    expect((await asked(token, fixed())).directives).toMatchObject([{ measure: "redownload" }]);
  });
});

test("a client that nobody has signed in on yet is asked about by its build alone", async () => {
  await running.enforce({ version: 1, rules: [trusted, upgrade, reauthenticate()] });
  const measures = async (build: string | null) => {
    const response = await running.request("/ofrep/v1/evaluate/flags", null, {
      body: "{}",
      headers: { "content-type": "application/json" },
      build,
    });
    const { flags } = (await response.json()) as {
      flags: { value: { directives: { measure: string }[] } }[];
    };
    return flags[0]?.value.directives.map(({ measure }) => measure);
  };
  expect(await measures(running.build("google-play", "1.1.0"))).toEqual([]);
  expect(await measures(running.build("google-play", "1.0.0"))).toEqual(["upgrade"]);
  expect(await measures("android/google-play/1.1.0")).toEqual(["refuse_client"]);
});

test("what is not there is not found, whatever the policy", async () => {
  const { access_token: token } = await running.signedIn("ada");
  expect((await running.request("/nothing", null)).status).toBe(404);
  await running.enforce({ version: 1, rules: [reauthenticate()] });
  expect((await running.request("/nothing", null)).status).toBe(404);
  expect((await running.request("/nothing", token)).status).toBe(401);
});

test("each guarded decision is in the log, and its own kind of token", async () => {
  const { access_token: token, refresh_token: refreshToken } = await running.signedIn("ada");
  await running.request("/play/t", token);
  await asked(token);
  await running.enforce({
    version: 3,
    rules: [reauthenticate(), { ...upgrade, required: "2999-01-01T00:00:00Z" }],
  });
  await running.refresh(refreshToken);
  await running.request("/offline/l", token);
  await running.request("/me", token, { method: "GET" });
  await running.request("/play/t", null);
  const lines = await running.stop();
  running = await RunningOverture.start();
  expect(lines.map(({ action, kind, allow }) => [action, kind, allow])).toEqual([
    ["token", "sign-in", true],
    ["play", undefined, true],
    ["ofrep", undefined, true],
    ["token", "refresh", false],
    ["offline", undefined, false],
    ["other", undefined, false],
  ]);
  expect(lines[4]).toMatchObject({
    account: "ada",
    inst: "inst-ada",
    directives: ["reauthenticate", "upgrade?"],
    rules: ["reauth", "android"],
    bundle: 3,
    platform: "android",
    store: "google-play",
    version: "1.0.9",
    offlineEpoch: null,
    authTime: lines[0]?.authTime,
  });
});
