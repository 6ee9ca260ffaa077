import { describe, expect, test } from "vitest";

import type { EnforcementPointOptions, GuardedRequest } from "../../src/index.ts";
import { signedBundle } from "../signed-bundle.ts";
import { nowMs, request, testPoint, until } from "../test-point.ts";
import { adapters } from "./adapters.ts";
import { everybodyAgain, offline, upgrade } from "./rules.ts";

const trusted = {
  id: "trusted",
  measure: "refuse_client",
  where: { platform: "android" },
  trusted: ["google-play"],
};

interface Evaluation {
  readonly flags: { readonly key: string; readonly value: unknown; readonly reason: string }[];
  readonly metadata: { readonly bundleVersion: number };
}

describe.each(adapters)("$name:", ({ name, start }) => {
  async function service(
    rules: object[],
    described: GuardedRequest | null,
    more: Partial<EnforcementPointOptions> = {},
  ) {
    const { server, key, point } = await testPoint();
    server.serve(signedBundle({ version: 1, rules, keys: [key] }));
    const enforced = point(more);
    await enforced.start();
    const url = await start({ point: enforced, describe: () => described });
    const evaluate = (context: object, headers: Record<string, string> = {}) =>
      fetch(`${url}/ofrep/v1/evaluate/flags`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ context }),
      });
    const directives = async (context: object) => {
      const response = await evaluate(context);
      const { flags } = (await response.json()) as Evaluation;
      return (flags[0]?.value as { directives: { measure: string; required: boolean }[] }).directives;
    };
    const measures = async (context: object) => (await directives(context)).map(({ measure }) => measure);
    return { server, key, enforced, url, evaluate, directives, measures };
  }

  const known = (more = {}): GuardedRequest => ({ request: request(more), claimed: null });

  test("a client asks for its directives and its offline epoch, and is answered 200 also when it is denied", async () => {
    const { evaluate } = await service([everybodyAgain, offline], known());
    const response = await evaluate({
      targetingKey: "ada",
      platform: "android",
      store: "google-play",
      version: "1.0.9",
      offlineEpoch: 1,
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      flags: [
        {
          key: "cordon.directives",
          value: {
            directives: [
              { measure: "reauthenticate", rule: "reauth", required: true },
              { measure: "redownload", rule: "offline", required: true },
            ],
          },
          reason: "TARGETING_MATCH",
          variant: "directives",
        },
        { key: "cordon.offline-epoch", value: 2, reason: "TARGETING_MATCH", variant: "offline-epoch" },
      ],
      metadata: { bundleVersion: 1 },
    });
  });

  describe("the context may only tighten what the session says:", () => {
    test("an older version is believed, a newer one is not", async () => {
      const { directives } = await service([upgrade], known({ version: "1.1.0" }));
      expect(await directives({ version: "1.0.0" })).toMatchObject([{ measure: "upgrade", required: true }]);
      expect(await directives({ version: "9.0.0" })).toEqual([]);
      const old = await service([upgrade], known({ version: "1.0.0" }));
      expect(await old.directives({ version: "9.0.0" })).toMatchObject([
        { measure: "upgrade", required: true },
      ]);
    });

    test("an untrusted store is believed, a trusted one is not", async () => {
      const good = await service([trusted], known());
      expect([await good.measures({ store: "elsewhere" }), await good.measures({})]).toEqual([
        ["refuse_client"],
        [],
      ]);
      const unknown = await service([trusted], known({ store: "unknown" }));
      expect(await unknown.measures({ store: "google-play" })).toEqual(["refuse_client"]);
    });

    test("another platform takes nothing away", async () => {
      const { measures } = await service([trusted, upgrade], known({ store: "unknown" }));
      expect(await measures({ platform: "ios" })).toEqual(["refuse_client", "upgrade"]);
    });

    test("a recommendation becomes required when the client names the store that has the version", async () => {
      const { directives } = await service([upgrade], known({ store: "unknown" }));
      expect(await directives({})).toEqual([
        { measure: "upgrade", rule: "android", required: false, available: false },
      ]);
      expect(await directives({ store: "google-play" })).toEqual([
        { measure: "upgrade", rule: "android", required: true, link: "https://play.example/app" },
      ]);
    });
  });

  test("authTime, passwordSetAt and keyId come from the session alone", async () => {
    const { measures } = await service([everybodyAgain], known());
    const now = new Date(nowMs).toISOString();
    expect(await measures({ authTime: now, passwordSetAt: now, keyId: "k9" })).toEqual(["reauthenticate"]);
  });

  test("offlineEpoch is the installation's word only where the service does not keep it", async () => {
    const kept = await service([offline], known({ offlineEpoch: 2 }));
    expect(await kept.measures({ offlineEpoch: 1 })).toEqual([]);
    const unkept = await service([offline], known({ offlineEpoch: 0 }));
    expect([await unkept.measures({ offlineEpoch: 2 }), await unkept.measures({})]).toEqual([
      [],
      ["redownload"],
    ]);
  });

  test("without a session nothing is said about the account that is named", async () => {
    const { evaluate, measures } = await service([everybodyAgain, upgrade], null);
    expect((await evaluate({ targetingKey: "ada" })).status).toBe(200);
    expect(
      await measures({ targetingKey: "ada", platform: "android", store: "google-play", version: "1.0.9" }),
    ).toEqual(["upgrade"]);
  });

  describe("ETag over bundle and context:", () => {
    test("the same question is answered 304, another one is not", async () => {
      const { evaluate } = await service([upgrade], known());
      const first = await evaluate({ version: "1.0.9" });
      const etag = first.headers.get("etag") ?? "";
      expect((await evaluate({ version: "1.0.9" }, { "if-none-match": etag })).status).toBe(304);
      expect((await evaluate({ version: "1.0.9" }, { "if-none-match": `"x", W/${etag}` })).status).toBe(304);
      const other = await evaluate({ version: "1.0.9", city: "Stockholm" }, { "if-none-match": etag });
      expect([other.status, other.headers.get("etag") === etag]).toEqual([200, false]);
    });

    test("a new bundle makes a new ETag, even when it decides the same", async () => {
      const { evaluate, server, key, enforced } = await service([], known());
      const etag = (await evaluate({})).headers.get("etag") ?? "";
      await until(() => expect(server.listeners).toBe(1));
      server.serve(signedBundle({ version: 2, keys: [key] }));
      await until(() => expect(enforced.status().bundle?.version).toBe(2));
      expect((await evaluate({}, { "if-none-match": etag })).status).toBe(200);
    });

    test("an answer that time has changed is never hidden by a 304", async () => {
      let clockMs = nowMs;
      const later = { ...everybodyAgain, cutoff: "2014-05-28T00:00:10Z" };
      const { evaluate } = await service([later], known(), { nowMs: () => clockMs });
      const etag = (await evaluate({})).headers.get("etag") ?? "";
      clockMs += 10_000;
      expect((await evaluate({}, { "if-none-match": etag })).status).toBe(200);
    });
  });

  describe("one flag", () => {
    const ask = (url: string, key: string, body = "{}", headers: Record<string, string> = {}) =>
      fetch(`${url}/ofrep/v1/evaluate/flags/${key}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body,
      });

    test.each([
      ["cordon.directives", { directives: [{ measure: "redownload", rule: "offline", required: true }] }],
      ["cordon.offline-epoch", 2],
      ["cordon%2Eoffline-epoch?x=1", 2],
    ])("%s is answered alone, with an ETag of its own", async (key, value) => {
      const { url } = await service([offline], known());
      const response = await ask(url, key);
      expect(await response.json()).toMatchObject({ value, metadata: { bundleVersion: 1 } });
      const etag = response.headers.get("etag") ?? "";
      expect((await ask(url, key, "{}", { "if-none-match": etag })).status).toBe(304);
    });

    test("an unknown one is answered 404 with OFREP's error code, a wrong context 400 with its key", async () => {
      const { url } = await service([], known());
      const unknown = await ask(url, "cordon.other");
      expect([unknown.status, await unknown.json()]).toMatchObject([
        404,
        { key: "cordon.other", errorCode: "FLAG_NOT_FOUND" },
      ]);
      const wrong = await ask(url, "cordon.directives", '{"context":1}');
      expect([wrong.status, await wrong.json()]).toMatchObject([
        400,
        { key: "cordon.directives", errorCode: "INVALID_CONTEXT" },
      ]);
    });
  });

  test("an answer may be kept by its client alone, and is asked about again", async () => {
    const { evaluate } = await service([], known());
    expect((await evaluate({})).headers.get("cache-control")).toBe("private, no-cache");
  });

  describe("a wrong request is answered 400 with OFREP's error code, never 401 or 403:", () => {
    test.each([
      ["no JSON", "{", "PARSE_ERROR"],
      ["no body", "", "PARSE_ERROR"],
      ["no object", "[]", "PARSE_ERROR"],
      ["a context that is none", '{"context":1}', "INVALID_CONTEXT"],
      ["a version that is no text", '{"context":{"version":1.1}}', "INVALID_CONTEXT"],
      ["an epoch below zero", '{"context":{"offlineEpoch":-1}}', "INVALID_CONTEXT"],
      ["somebody else's name", '{"context":{"targetingKey":"bo"}}', "INVALID_CONTEXT"],
    ])("%s", async (_name, body, errorCode) => {
      const { url } = await service([], known());
      const response = await fetch(`${url}/ofrep/v1/evaluate/flags`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      // A body parser before the guard answers what it can't parse itself.
      if (name.includes("body parser") && errorCode === "PARSE_ERROR" && body !== "[]") return;
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ errorCode });
    });

    test("a body over the limit", async () => {
      const { url, evaluate } = await service([], known());
      const padded = await fetch(`${url}/ofrep/v1/evaluate/flags`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ context: {}, padding: "x".repeat(200_000) }),
      });
      if (!name.includes("body parser")) {
        expect([padded.status, await padded.json()]).toMatchObject([400, { errorCode: "PARSE_ERROR" }]);
      }
      expect((await evaluate({})).status).toBe(200);
    });
  });
});
