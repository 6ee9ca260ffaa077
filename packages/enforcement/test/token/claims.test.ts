import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { claimedByHeaders, identityByHeaders, requestOfClaims, tokenOf } from "../../src/index.ts";
import type { ClaimMapping } from "../../src/index.ts";

const mapping: ClaimMapping = {
  account: ["sub"],
  authTime: ["auth_time"],
  passwordSetAt: ["https://music.example/password_set_at"],
  ordinal: ["cordon", "ordinal"],
  client: ["azp"],
  clients: new Map([
    ["droid", { platform: "android", store: "google-play", version: null }],
    ["site", { platform: "web", store: null, version: null }],
  ]),
  platform: ["platform"],
  store: ["store"],
  version: ["ver"],
};

function read(claims: Record<string, unknown>, more: Partial<ClaimMapping> = {}) {
  let unreadable = 0;
  const request = requestOfClaims(claims, "k1", { ...mapping, ...more }, () => (unreadable += 1));
  return { ...request, unreadable };
}

test("claims are read where the mapping says: by name, by path, names with dots as they stand", () => {
  expect(
    read({
      sub: "ada",
      auth_time: 1_400_000_000.5,
      "https://music.example/password_set_at": "2013-01-01T00:00:00Z",
      cordon: { ordinal: 42 },
      azp: "droid",
      ver: "1.2.0",
    }),
  ).toEqual({
    account: "ada",
    ordinal: 42,
    authTimeMs: 1_400_000_000_500,
    passwordSetAtMs: Date.parse("2013-01-01T00:00:00Z"),
    keyId: "k1",
    platform: "android",
    store: "google-play",
    version: "1.2.0",
    offlineEpoch: 0,
    unreadable: 0,
  });
});

test("what the client table says goes before the token's own claims, which fill in the rest", () => {
  const own = { platform: "ios", store: "app-store", ver: "2.0" };
  expect(read({ azp: "droid", ...own })).toMatchObject({
    platform: "android",
    store: "google-play",
    version: "2.0",
  });
  expect(read({ azp: "site", ...own })).toMatchObject({ platform: "web", store: "app-store" });
  expect(read({ azp: "stranger", ...own })).toMatchObject({ platform: "ios" });
});

test("what is missing is null, and the store `unknown`", () => {
  expect(read({})).toMatchObject({
    account: null,
    ordinal: null,
    authTimeMs: null,
    passwordSetAtMs: null,
    platform: null,
    store: "unknown",
    version: null,
    unreadable: 0,
  });
});

test.each([
  [{ auth_time: "yesterday" }],
  [{ auth_time: 1_400_000_000_000 }],
  [{ auth_time: -1 }],
  [{ auth_time: true }],
  [{ sub: 7 }],
  [{ sub: "" }],
  [{ cordon: { ordinal: "7" } }],
  [{ cordon: { ordinal: 1.5 } }],
])(
  "a claim that can't be read (%j) counts as missing, which is older than any cutoff, and is told",
  (claims) => {
    expect(read(claims)).toMatchObject({ account: null, ordinal: null, authTimeMs: null, unreadable: 1 });
  },
);

test("no claims at all, and no claim of an odd shape, make the reading throw", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom("sub", "auth_time", "cordon", "azp", "__proto__"), fc.jsonValue()),
      (claims) => {
        read(claims);
      },
    ),
  );
});

describe("the token", () => {
  test.each([
    [{ authorization: "Bearer abc" }, "abc"],
    [{ authorization: "bearer  abc" }, "abc"],
    [{ authorization: "Basic abc" }, null],
    [{ authorization: "Bearer" }, null],
    [{ cookie: "a=1; session=xyz; b=2" }, "xyz"],
    [{ cookie: 'session="xyz"' }, "xyz"],
    [{ cookie: "othersession=xyz" }, null],
    [{ "x-token": "t" }, "t"],
    [{ authorization: "Bearer first", "x-token": "t" }, "first"],
    [{}, null],
  ])("of %j is %j", (headers, token) => {
    const places = [
      { kind: "authorization" },
      { kind: "header", name: "x-token" },
      { kind: "cookie", name: "session" },
    ] as const;
    expect(tokenOf(headers, places)).toBe(token);
  });
});

test("what the client says in headers is a claim of its own, cut to a length", () => {
  const names = { platform: "x-platform", store: null, version: "x-version" };
  expect(claimedByHeaders({}, names)).toBeNull();
  expect(
    claimedByHeaders({ "x-platform": "android", "x-store": "website", "x-version": "9".repeat(500) }, names),
  ).toEqual({ platform: "android", version: "9".repeat(100) });
});

test("identity headers of a proxy are believed; an unreadable time is none", async () => {
  let unreadable = 0;
  const identify = identityByHeaders({
    names: {
      account: "x-account",
      authTime: "x-auth-time",
      passwordSetAt: "x-password-set-at",
      keyId: null,
      ordinal: "x-ordinal",
      platform: "x-platform",
      store: null,
      version: null,
    },
    clientHeaders: { platform: null, store: null, version: null },
    count: () => (unreadable += 1),
  });
  expect(await identify({ "x-auth-time": "1400000000" })).toEqual({ kind: "none" });
  expect(
    await identify({
      "x-account": "ada",
      "x-auth-time": "1400000000",
      "x-password-set-at": "soon",
      "x-ordinal": "7",
      "x-platform": "web",
    }),
  ).toEqual({
    kind: "known",
    guarded: {
      request: {
        account: "ada",
        ordinal: 7,
        authTimeMs: 1_400_000_000_000,
        passwordSetAtMs: null,
        keyId: null,
        platform: "web",
        store: "unknown",
        version: null,
        offlineEpoch: 0,
      },
      claimed: null,
    },
  });
  expect(unreadable).toBe(1);
});
