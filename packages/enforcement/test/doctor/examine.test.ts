import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "@cordon/model";
import { parseTokenLine, type DirectoryBatch } from "../../src/doctor/index.ts";
import { examined, finding, good, samplesOf, signedInAt, verdict } from "./samples.ts";

function directoryOf(
  batch: Partial<DirectoryBatch> & Pick<DirectoryBatch, "accountIds">,
  asOf = "2014-06-01T00:00:00Z",
) {
  const emails = batch.emails ?? batch.accountIds.map(() => null);
  return {
    asOfMs: Date.parse(asOf),
    // eslint-disable-next-line @typescript-eslint/require-await -- a directory is read in batches, here in one
    batches: async function* () {
      yield { accountIds: batch.accountIds, emails };
    },
  };
}

const everyMeasure = [
  "reauthenticate",
  "reauthenticate by key",
  "change_password",
  "upgrade",
  "redownload",
  "refuse_client",
];

describe("a service that does all that the gate needs", () => {
  const samples = samplesOf(
    { claims: good({ sid: "s-1", jti: "1" }), kid: "k" },
    { claims: good({ sid: "s-1", jti: "2", iat: signedInAt + 9000 }), kid: "k" },
    { claims: good({ sid: "s-2", auth_time: signedInAt + 20_000, iat: signedInAt + 20_001 }), kid: "k" },
  );

  it("every measure will work", async () => {
    const examination = await examined(samples, { directory: directoryOf({ accountIds: ["u-1"] }) });
    expect(examination.measures.map(({ measure }) => measure)).toEqual(everyMeasure);
    for (const { measure, verdict: said, because } of examination.measures) {
      expect([said, because], measure).toEqual(["works", []]);
    }
  });

  it("without a directory nothing says whether cohorts will be found", async () => {
    const examination = await examined(samples);
    expect(finding(examination, "account-in-directory").verdict).toBe("unknown");
    expect(verdict(examination, "reauthenticate by key")).toBe("works");
    expect(verdict(examination, "redownload")).toBe("unknown");
  });

  it("without tokens nothing is known", async () => {
    const examination = await examined([]);
    expect(examination.measures.every(({ verdict: said }) => said === "unknown")).toBe(true);
  });
});

describe("auth_time", () => {
  it("says how many tokens and clients lack it", async () => {
    const lacking = good({ client_id: "app-tv", auth_time: null });
    const examination = await examined(
      samplesOf({ claims: good() }, { claims: lacking }, { claims: good({ sub: "u-2" }) }),
    );
    expect(finding(examination, "auth-time-present")).toMatchObject({
      verdict: "partly",
      evidence: { tokens: 3, present: 2, clientsWithout: 1 },
    });
  });

  it.each([
    ["milliseconds", signedInAt * 1000, { milliseconds: 1 }],
    ["text", "yesterday", { unreadable: 1 }],
    ["the year 1970", 1, { implausible: 1 }],
    ["a time after the token's own", signedInAt + 999_999, { implausible: 1 }],
  ])("%s is no time that a gate can go by", async (_, value, counted) => {
    const examination = await examined(samplesOf({ claims: good({ auth_time: value }) }));
    expect(finding(examination, "auth-time-kind")).toMatchObject({ verdict: "fails", evidence: counted });
  });

  it.each([signedInAt + 0.25, "2014-05-20T08:00:00Z"])("%s is one", async (value) => {
    const examination = await examined(samplesOf({ claims: good({ auth_time: value }) }));
    expect(finding(examination, "auth-time-kind")).toMatchObject({ verdict: "works" });
  });

  const refreshed = (after: JsonObject): Promise<unknown> =>
    examined(
      samplesOf(
        { claims: good({ jti: "a" }) },
        { claims: good({ iat: signedInAt + 9000, ...after }), refreshOf: "a" },
      ),
    ).then((examination) => finding(examination, "auth-time-constant-over-refresh"));

  it("is constant after a refresh", async () => {
    expect(await refreshed({})).toMatchObject({ verdict: "works", evidence: { refreshes: 1, constant: 1 } });
  });

  it("that is the time of the refresh is worth nothing", async () => {
    expect(await refreshed({ auth_time: signedInAt + 9000 })).toMatchObject({
      verdict: "fails",
      evidence: { changed: 1 },
    });
  });

  it("that a refresh leaves out is worth nothing", async () => {
    expect(await refreshed({ auth_time: null })).toMatchObject({ verdict: "fails", evidence: { lost: 1 } });
  });

  it("within a session that is always `iat` is stamped; that once stays is not", async () => {
    const at = (seconds: number, authTime: number) => ({
      claims: good({ sid: "s", iat: signedInAt + seconds, auth_time: authTime }),
    });
    const stamped = await examined(
      samplesOf(at(0, signedInAt), at(100, signedInAt + 100), at(200, signedInAt + 200)),
    );
    expect(finding(stamped, "auth-time-constant-over-refresh").verdict).toBe("fails");
    const again = await examined(
      samplesOf(at(0, signedInAt), at(100, signedInAt), at(200, signedInAt + 200)),
    );
    expect(finding(again, "auth-time-constant-over-refresh").verdict).toBe("works");
  });

  it("that a refresh stamps says nothing of sign-ins, also where other tokens lack it", async () => {
    const examination = await examined(
      samplesOf(
        { claims: good({ jti: "a", iat: signedInAt }) },
        { claims: good({ auth_time: signedInAt + 900, iat: signedInAt + 900 }), refreshOf: "a" },
        { claims: good({ sub: "u-2", auth_time: null }) },
      ),
    );
    expect(finding(examination, "auth-time-new-at-sign-in").verdict).toBe("unknown");
  });

  it("that some sign-ins renew and others do not works for some", async () => {
    const examination = await examined(
      samplesOf(
        { claims: good({ sub: "u-1" }) },
        { claims: good({ sub: "u-1", auth_time: signedInAt + 6000, iat: signedInAt + 6001 }), signIn: true },
        { claims: good({ sub: "u-2" }) },
        { claims: good({ sub: "u-2", iat: signedInAt + 6001 }), signIn: true },
      ),
    );
    expect(finding(examination, "auth-time-new-at-sign-in")).toMatchObject({
      verdict: "partly",
      evidence: { signIns: 2, renewed: 1 },
    });
  });
});

describe("other claims", () => {
  it("tokens of machines are no people's", async () => {
    const examination = await examined(
      samplesOf(
        { claims: good() },
        { claims: { sub: "robot", client_id: "robot", iat: signedInAt } },
        { claims: { sub: "abc@clients", iat: signedInAt, gty: "client-credentials" } },
        { claims: { client_id: "robot", iat: signedInAt } },
      ),
    );
    expect(finding(examination, "people")).toMatchObject({ evidence: { people: 1, machines: 3 } });
    expect(finding(examination, "auth-time-present").evidence).toMatchObject({ tokens: 1, present: 1 });
  });

  it("a password's time in milliseconds is none that a gate reads", async () => {
    const examination = await examined(
      samplesOf({ claims: good({ password_changed_at: 1_300_000_000_000 }) }, { claims: good() }),
    );
    expect(finding(examination, "password-set-at")).toMatchObject({
      verdict: "partly",
      evidence: { present: 2, good: 1 },
    });
  });

  it("platform, store and version come from the client table before the token's claims", async () => {
    const claims = good({ platform: null, store: null, version: "one" });
    const clients = new Map([["app-android", { platform: "android", store: "google-play", version: null }]]);
    const examination = await examined(samplesOf({ claims }), { clients });
    expect(finding(examination, "client-platform").verdict).toBe("works");
    expect(finding(examination, "client-store").verdict).toBe("works");
    expect(finding(examination, "client-version")).toMatchObject({
      verdict: "fails",
      evidence: { unreadable: 1 },
    });
    expect(verdict(examination, "upgrade")).toBe("fails");
  });

  it("claims may be named, and may carry a namespace", async () => {
    const claims = good({
      platform: null,
      "https://example.com/platform": "ios",
      signed_in: signedInAt,
      auth_time: null,
    });
    const examination = await examined(samplesOf({ claims }), { names: { authTime: ["signed_in"] } });
    expect(finding(examination, "client-platform").verdict).toBe("works");
    expect(finding(examination, "auth-time-present").verdict).toBe("works");
  });

  it("what the gate is not told to read is not there", async () => {
    const names = { passwordSetAt: null, version: ["app", "version"] };
    const examination = await examined(samplesOf({ claims: good({ app: { version: "2.0" } }) }), { names });
    expect(finding(examination, "password-set-at").verdict).toBe("fails");
    expect(finding(examination, "client-version").verdict).toBe("works");
  });

  it("says how long tokens live", async () => {
    const lives = [300, 600, 90_000].map((seconds) => ({
      claims: good({ iat: signedInAt, exp: signedInAt + seconds }),
    }));
    const { evidence, change } = finding(await examined(samplesOf(...lives)), "token-lifetime");
    expect(evidence).toMatchObject({ medianSeconds: 600, longestSeconds: 90_000 });
    expect(change).not.toBeNull();
  });

  it("a key id must be in the header; of claims alone nothing is known", async () => {
    const unsigned = (header: object): string =>
      `${[header, good()].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")}.c2ln`;
    const examination = await examined(samplesOf(unsigned({ kid: "k" }), `Bearer ${unsigned({})}`));
    expect(finding(examination, "key-id")).toMatchObject({
      verdict: "partly",
      evidence: { tokens: 2, named: 1 },
    });
    expect(finding(await examined(samplesOf(good())), "key-id").verdict).toBe("unknown");
  });

  it.each([
    ["no whole number", [good({ ordinal: 1.5 })]],
    ["two of one account", [good({ ordinal: 1 }), good({ ordinal: 2 })]],
    ["one of two accounts", [good({ ordinal: 1 }), good({ sub: "u-2", ordinal: 1 })]],
  ])("an ordinal that is %s fails", async (_, claims) => {
    expect(finding(await examined(samplesOf(...claims)), "ordinal").verdict).toBe("fails");
  });
});

describe("subjects and the directory", () => {
  const subjects = (...ids: readonly string[]) =>
    samplesOf(...ids.map((sub) => ({ claims: good({ sub, email: `${sub.slice(-1)}@example.org` }) })));
  const about = async (samples: ReturnType<typeof samplesOf>, ...directory: Parameters<typeof directoryOf>) =>
    finding(await examined(samples, { directory: directoryOf(...directory) }), "account-in-directory");

  it("match when 99 of 100 are accounts", async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `u-${index}`);
    expect(await about(subjects(...ids), { accountIds: ids.slice(1) })).toMatchObject({
      verdict: "works",
      evidence: { subjects: 100, matched: 99, missing: 1 },
    });
    expect((await about(subjects(...ids), { accountIds: ids.slice(2) })).verdict).toBe("partly");
  });

  it.each([
    ["in other letters", subjects("U-A", "U-B"), { accountIds: ["u-a", "u-b"] }, /one way/],
    ["behind a prefix", subjects("auth0|a", "auth0|b"), { accountIds: ["a", "b"] }, /same prefix/],
    ["without a prefix", subjects("a", "b"), { accountIds: ["user:a", "user:b"] }, /same prefix/],
    [
      "as e-mail addresses",
      samplesOf({ claims: good({ sub: "A@example.org" }) }),
      { accountIds: ["u-1"], emails: ["a@example.org"] },
      /change hands/,
    ],
    [
      "under another claim",
      samplesOf({ claims: good({ sub: "x", uid: "u-1" }) }),
      { accountIds: ["u-1"] },
      /--claim account=uid/,
    ],
  ])("that nearly match, %s, are told apart from strangers", async (_, samples, directory, change) => {
    const found = await about(samples, directory);
    expect(found).toMatchObject({ verdict: "fails", evidence: { matched: 0, nearMisses: samples.length } });
    expect(found.change).toMatch(change);
  });

  it("of tokens issued after the directory was taken may be newer accounts", async () => {
    const found = await about(subjects("u-1", "u-2"), { accountIds: [] }, "2014-05-01T00:00:00Z");
    expect(found).toMatchObject({ verdict: "unknown", evidence: { perhapsNewer: 2, missing: 0 } });
  });
});

it("no finding shows a claim's value", async () => {
  const secret = fc.string({ unit: fc.constantFrom("k", "q", "w", "x", "z"), minLength: 12, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(
      fc.record({ sub: secret, email: secret, sid: secret, client_id: secret, jti: secret }),
      async (claims) => {
        const examination = await examined(
          samplesOf({ claims: good(claims), kid: claims.jti }, { claims: good(claims) }),
          {
            directory: directoryOf({ accountIds: [claims.email], emails: [claims.sub] }),
          },
        );
        const said = JSON.stringify(examination);
        for (const value of Object.values(claims)) expect(said).not.toContain(value);
      },
    ),
    { numRuns: 50 },
  );
});

describe("a line of tokens that is wrong input", () => {
  const part = Buffer.from("{}").toString("base64url");
  it.each([
    ["an opaque token", "8xLOxBtZp8", /no JWT/],
    ["an encrypted token", "a.b.c.d.e", /encrypted/],
    ["a header that is no JSON", `YQ.${part}.YQ`, /no JWT/],
    ["no JSON", "{", /not JSON/],
    ["a time that is none", '{"claims":{},"at":"today"}', /`at` is no time/],
    ["a session that is no text", '{"claims":{},"session":7}', /`session` is no text/],
    ["a token of a megabyte", "a".repeat(20_000), /over 16384 characters/],
  ])("%s", (_, line, message) => {
    expect(() => parseTokenLine(line, 1)).toThrow(message);
    try {
      parseTokenLine(line, 1);
    } catch (error) {
      if (line.length > 3) expect(String(error)).not.toContain(line);
    }
  });
});
