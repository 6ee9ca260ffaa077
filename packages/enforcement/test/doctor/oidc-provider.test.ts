import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { askDefaults, fetchIssuer, type Examination, type TokenSample } from "../../src/doctor/index.ts";
import { TestIssuer, type AuthTimeStyle } from "./test-issuer.ts";
import { examined, finding, samplesOf, verdict } from "./samples.ts";

const ask = { ...askDefaults, fetch: globalThis.fetch };
const clients = new Map([
  ["app-android", { platform: "android", store: "google-play", version: "1.0.9" }],
  ["app-web", { platform: "web", store: "website", version: "1.0.9" }],
]);

let service: TestIssuer | null = null;
// oidc-provider reads Date alone: time goes by between sign-in and refresh without waiting.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  // It says that it keeps nothing on disk, which is what is wanted here.
  vi.spyOn(console, "warn").mockReturnValue();
  vi.spyOn(console, "info").mockReturnValue();
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await service?.stop();
  service = null;
});

/** A sign-in, a refresh an hour later, and another sign-in, as a log of tokens that says what came of what. */
async function day(style: AuthTimeStyle, said = true): Promise<readonly TokenSample[]> {
  service = await TestIssuer.start(style);
  const first = await service.signIn("ada");
  vi.advanceTimersByTime(3_500_000);
  const refreshed = await service.refresh(first);
  vi.advanceTimersByTime(600_000);
  const second = await service.signIn("ada");
  if (!said) return samplesOf(first.access_token, refreshed.access_token, second.access_token);
  const line = (token: string, more: object): string => JSON.stringify({ token, ...more });
  return samplesOf(
    line(first.access_token, { id: "1", signIn: true }),
    line(refreshed.access_token, { id: "2", refreshOf: "1" }),
    line(second.access_token, { id: "3", signIn: true }),
  );
}

async function examinedDay(style: AuthTimeStyle): Promise<Examination> {
  const samples = await day(style);
  const issuer = await fetchIssuer(service?.url ?? "", ask);
  return examined(samples, {
    issuer,
    clients,
    directory: {
      asOfMs: Date.now() + 1000,
      // eslint-disable-next-line @typescript-eslint/require-await -- a directory is read in batches, here in one
      batches: async function* () {
        yield { accountIds: ["ada", "bob"], emails: [null, null] };
      },
    },
  });
}

describe("tokens of oidc-provider, by a real sign-in, a refresh and another sign-in", () => {
  it("with the sign-in's time in access tokens every question of auth_time is answered with yes", async () => {
    const examination = await examinedDay("sign-in");
    for (const check of [
      "issuer",
      "issuer-keys",
      "key-in-jwks",
      "signature",
      "auth-time-present",
      "auth-time-kind",
      "auth-time-constant-over-refresh",
      "auth-time-new-at-sign-in",
      "key-id",
      "client-platform",
      "account-in-directory",
    ]) {
      expect(finding(examination, check), check).toMatchObject({ verdict: "works", change: null });
    }
    expect(finding(examination, "signature").evidence).toEqual({ tokens: 3, verified: 3 });
    expect(verdict(examination, "reauthenticate")).toBe("works");
    expect(verdict(examination, "reauthenticate by key")).toBe("works");
    expect(verdict(examination, "upgrade")).toBe("works");
    // It does not say when the password was set.
    expect(verdict(examination, "change_password")).toBe("fails");
  });

  it("without auth_time, as by default, reauthenticate fails", async () => {
    const examination = await examinedDay("none");
    expect(finding(examination, "auth-time-present")).toMatchObject({
      verdict: "fails",
      evidence: { tokens: 3, present: 0 },
    });
    expect(verdict(examination, "reauthenticate")).toBe("fails");
  });

  it("an auth_time that a refresh stamps anew is found out", async () => {
    const examination = await examinedDay("token");
    expect(finding(examination, "auth-time-constant-over-refresh")).toMatchObject({
      verdict: "fails",
      evidence: { refreshes: 1, constant: 0, changed: 1, equalToIat: 3 },
    });
    expect(verdict(examination, "reauthenticate")).toBe("fails");
  });

  it("an auth_time that a sign-in leaves alone is found out", async () => {
    const examination = await examinedDay("account");
    expect(finding(examination, "auth-time-constant-over-refresh").verdict).toBe("works");
    expect(finding(examination, "auth-time-new-at-sign-in")).toMatchObject({
      verdict: "fails",
      evidence: { signIns: 2, renewed: 0 },
    });
  });

  it("tokens alone, without a word on what came of what, leave the refresh open", async () => {
    const examination = await examined(await day("token", false), { clients });
    expect(finding(examination, "auth-time-constant-over-refresh").verdict).toBe("unknown");
    expect(finding(examination, "auth-time-new-at-sign-in").verdict).toBe("unknown");
    expect(verdict(examination, "reauthenticate")).toBe("unknown");
  });

  it("tokens of another issuer are told from its own", async () => {
    const samples = await day("sign-in");
    await service?.stop();
    service = await TestIssuer.start("sign-in");
    const examination = await examined(samples, { issuer: await fetchIssuer(service.url, ask) });
    expect(finding(examination, "issuer").verdict).toBe("fails");
    // Its key has the same name and is another.
    expect(finding(examination, "key-in-jwks").verdict).toBe("works");
    expect(finding(examination, "signature")).toMatchObject({
      verdict: "fails",
      evidence: { tokens: 3, verified: 0 },
    });
  });

  it("says what discovery says of sign-ins", async () => {
    const examination = await examinedDay("sign-in");
    expect(finding(examination, "issuer-sign-in").evidence["authTimeListed"]).toBe(1);
  });
});
