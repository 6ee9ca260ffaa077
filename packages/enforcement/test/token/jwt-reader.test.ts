import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { base64url, errors, SignJWT } from "jose";
import { describe, expect, onTestFinished, test } from "vitest";

import { JwtReader, TokenKeys, tokenKeysDefaults } from "../../src/index.ts";
import type { JwtReaderOptions, TokenKeysOptions } from "../../src/index.ts";
import { audience, issuerKey, issuerUrl, KeyHost, signToken } from "./issuer.ts";

const startMs = Date.parse("2014-05-28T00:00:00Z");

async function reading(more: Partial<JwtReaderOptions & TokenKeysOptions> = {}) {
  const clock = { ms: startMs };
  const key = await issuerKey("k1");
  const host = await new KeyHost().start();
  host.keys = [key.jwk];
  const failures: unknown[] = [];
  const keys = new TokenKeys({
    ...tokenKeysDefaults,
    source: { kind: "url", url: host.url },
    nowMs: () => clock.ms,
    onFailure: (error) => failures.push(error),
    ...more,
  });
  await keys.start();
  const reader = new JwtReader({
    keys,
    issuer: issuerUrl,
    audience: [audience],
    algorithms: ["ES256"],
    clockToleranceMs: 5_000,
    type: null,
    nowMs: () => clock.ms,
    ...more,
  });
  const kind = async (token: string) => (await reader.read(token)).kind;
  return { clock, key, host, reader, kind, failures };
}

test("a token of the issuer is read: its claims and the id of its key", async () => {
  const { key, reader } = await reading();
  const token = await signToken(key, { sub: "ada", auth_time: 1_400_000_000 });
  expect(await reader.read(token)).toMatchObject({
    kind: "valid",
    claims: { sub: "ada", auth_time: 1_400_000_000 },
    keyId: "k1",
  });
});

describe("a token is invalid", () => {
  const seconds = startMs / 1000;
  test.each([
    ["of another issuer", { iss: "https://other.example" }],
    ["without issuer", { iss: undefined }],
    ["for somebody else", { aud: "mail" }],
    ["that is over", { exp: seconds - 6 }],
    ["that has not begun", { nbf: seconds + 6 }],
  ])("%s", async (_says, claims) => {
    const { key, kind } = await reading();
    expect(await kind(await signToken(key, { sub: "ada", ...claims }))).toBe("invalid");
  });

  test("no further than the clocks may be apart", async () => {
    const { key, kind } = await reading();
    expect(await kind(await signToken(key, { exp: seconds - 4, nbf: seconds + 4 }))).toBe("valid");
  });

  test("when its signature, its claims or its shape were changed", async () => {
    const { key, kind } = await reading();
    const [header = "", , signature = ""] = (await signToken(key, { sub: "ada" })).split(".");
    const claims = base64url.encode(JSON.stringify({ iss: issuerUrl, aud: audience, sub: "bo" }));
    for (const token of [`${header}.${claims}.${signature}`, `${header}.${claims}.`, "a.b.c", "x", ""]) {
      expect(await kind(token)).toBe("invalid");
    }
  });

  test("with `none`, with HS256 by the public key's bytes, and by an algorithm that is not on the list", async () => {
    const { clock, key, host, kind } = await reading();
    const claims = base64url.encode(JSON.stringify({ iss: issuerUrl, aud: audience, sub: "ada" }));
    const none = base64url.encode(JSON.stringify({ alg: "none" }));
    expect(await kind(`${none}.${claims}.`)).toBe("invalid");
    const secret = Buffer.from(JSON.stringify(key.jwk));
    const symmetric = await new SignJWT({ iss: issuerUrl, aud: audience })
      .setProtectedHeader({ alg: "HS256", kid: "k1" })
      .sign(secret);
    host.keys = [{ kty: "oct", kid: "k1", k: base64url.encode(secret) }];
    clock.ms += 600_000;
    expect(await kind(symmetric)).toBe("invalid");
    const rsa = await issuerKey("rsa", "RS256");
    host.keys = [rsa.jwk];
    clock.ms += 600_000;
    const asked = host.asked;
    expect(await kind(await signToken(rsa, {}, { alg: "RS256" }))).toBe("invalid");
    // By the list, not for want of a key: nobody has looked for one.
    expect(host.asked).toBe(asked);
  });

  test("by another key of the same id", async () => {
    const { kind } = await reading();
    expect(await kind(await signToken(await issuerKey("k1"), { sub: "ada" }))).toBe("invalid");
  });

  test("of another type, where the type is asked for", async () => {
    const { key, kind } = await reading({ type: "at+jwt" });
    expect(await kind(await signToken(key, {}, { typ: "at+jwt" }))).toBe("valid");
    expect(await kind(await signToken(key, {}, { typ: "JWT" }))).toBe("invalid");
  });
});

test.each(["none", "HS256", "RS999"])("`%s` is no algorithm to be allowed", async (algorithm) => {
  await expect(reading({ algorithms: ["ES256", algorithm] })).rejects.toThrow(algorithm);
});

describe("keys", () => {
  test("an unknown key id makes them be read anew, at most once in the cooldown", async () => {
    const { clock, host, kind } = await reading({ cooldownMs: 30_000 });
    const next = await issuerKey("k2");
    const token = await signToken(next, {});
    expect([await kind(token), host.asked]).toEqual(["invalid", 1]);
    host.keys = [next.jwk];
    clock.ms += 30_000;
    expect([await kind(token), host.asked]).toEqual(["valid", 2]);
    const stranger = await signToken(await issuerKey("k3"), {});
    for (let i = 0; i < 20; i++) await kind(stranger);
    expect(host.asked).toBe(2);
  });

  test("go on while their host is down, and are read anew behind the requests", async () => {
    const { clock, key, host, kind, failures } = await reading({ cacheMs: 600_000, keptMs: 3_600_000 });
    const token = await signToken(key, {});
    host.down = true;
    clock.ms += 600_000;
    expect(await kind(token)).toBe("valid");
    await expect.poll(() => failures.length).toBe(1);
    host.down = false;
    clock.ms += 30_000;
    expect(await kind(token)).toBe("valid");
    await expect.poll(() => host.asked).toBe(3);
  });

  test("are no longer believed when their host has been down for too long", async () => {
    const { clock, key, host, kind } = await reading({ keptMs: 3_600_000 });
    const token = await signToken(key, {});
    host.down = true;
    clock.ms += 3_600_000;
    expect(await kind(token)).toBe("keys-unavailable");
    host.down = false;
    expect(await kind(token)).toBe("keys-unavailable");
    clock.ms += 30_000;
    expect(await kind(token)).toBe("valid");
  });

  test("that were never had: nothing can be said of a token, and many tokens make one request", async () => {
    const host = await new KeyHost().start();
    host.down = true;
    const { key, kind } = await reading({ source: { kind: "url", url: host.url } });
    const token = await signToken(key, {});
    const kinds = await Promise.all(Array.from({ length: 20 }, () => kind(token)));
    expect(new Set(kinds)).toEqual(new Set(["keys-unavailable"]));
    expect(host.asked).toBe(1);
  });

  test("that are symmetric are never given: everybody has them", async () => {
    const host = await new KeyHost().start();
    host.keys = [{ kty: "oct", kid: "s", alg: "HS256", k: base64url.encode("secret".repeat(8)) }];
    const keys = new TokenKeys({
      ...tokenKeysDefaults,
      source: { kind: "url", url: host.url },
      nowMs: () => startMs,
      onFailure: () => undefined,
    });
    await keys.start();
    const input = { payload: "", signature: "", protected: "" };
    await expect(keys.find({ alg: "HS256", kid: "s" }, input)).rejects.toThrow(errors.JOSENotSupported);
  });

  test("come from a file, too, and are read anew when it has changed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "jwks-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "jwks.json");
    const [first, second] = [await issuerKey("a"), await issuerKey("b")];
    writeFileSync(file, JSON.stringify({ keys: [first.jwk] }));
    const { clock, kind } = await reading({ source: { kind: "file", file } });
    expect(await kind(await signToken(first, {}))).toBe("valid");
    writeFileSync(file, JSON.stringify({ keys: [second.jwk] }));
    clock.ms += 30_000;
    expect(await kind(await signToken(second, {}))).toBe("valid");
    expect(await kind(await signToken(first, {}))).toBe("invalid");
  });

  test.each(["{", "[]", '{"keys":1}'])(
    "that are no key set (%s) are a failure, and the old ones go on",
    async (text) => {
      const folder = mkdtempSync(join(tmpdir(), "jwks-"));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const file = join(folder, "jwks.json");
      const first = await issuerKey("a");
      writeFileSync(file, JSON.stringify({ keys: [first.jwk] }));
      const { clock, kind, failures } = await reading({ source: { kind: "file", file } });
      writeFileSync(file, text);
      clock.ms += 600_000;
      expect(await kind(await signToken(first, {}))).toBe("valid");
      await expect.poll(() => failures.length).toBe(1);
      expect(await kind(await signToken(first, {}))).toBe("valid");
    },
  );
});
