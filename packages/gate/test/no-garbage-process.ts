/**
 * Prints how many bytes a decision left on the heap: of requests that are allowed, of all, and of copies of them, which were
 * not read by `parseRequest`. To be run with
 * `--expose-gc`, and with a young generation that is large enough for no collection to come between.
 */
import { decide, parseRequest, type GateRequest } from "../src/index.ts";
import { compiled } from "./written-policy.ts";

const cutoff = "2014-05-27T12:00:00Z";
const decisions = 1_000_000;
const policy = compiled(
  [
    {
      id: "c",
      measure: "refuse_client",
      where: { platform: "android" },
      trusted: ["google-play", "website"],
    },
    { id: "k", measure: "reauthenticate", keys: ["stolen"] },
    { id: "l", measure: "reauthenticate", cohort: "listed", cutoff },
    {
      id: "w",
      measure: "reauthenticate",
      cohort: "everyone",
      cutoff,
      rollout: { from: "2014-06-01T00:00:00Z", over: "60d", waves: 24 },
    },
    { id: "p", measure: "change_password", cohort: "listed", cutoff },
    { id: "m", measure: "change_password", cutoff, onMissing: "ignore" },
    { id: "u", measure: "upgrade", where: { platform: "android" }, below: "1.1.0", belowCode: 110 },
    { id: "d", measure: "redownload", epoch: 2, from: "1.0-rc.1" },
  ],
  { cohorts: { listed: ["u-1"] } },
);
const nowMs = Date.parse("2014-07-01T00:00:00Z");

const requests = Array.from({ length: 1000 }, (_, i) =>
  parseRequest({
    account: `u-${i}`,
    authTime: i % 3 === 0 ? "2014-05-20T08:00:00Z" : "2014-05-28T08:00:00Z",
    // Missing, and in the cutoff's own second: what a second does not decide.
    passwordSetAt: i % 7 === 0 ? null : "2014-05-27T12:00:00.5Z",
    keyId: `key-${i % 3}`,
    client: {
      platform: i % 2 === 0 ? "android" : "ios",
      store: "google-play",
      version: `1.${i % 7}.${i % 5}-rc.1`,
      ...(i % 4 === 0
        ? { installer: "com.android.vending", versionCode: 120, signers: ["ab".repeat(32)] }
        : {}),
    },
    offlineEpoch: i % 5 === 0 ? 1 : 2,
  }),
);

function bytesPerDecision(asked: readonly GateRequest[]): number {
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) {
      const request = asked[i % asked.length];
      if (request !== undefined) decide(policy, request, nowMs);
    }
  };
  // Until it is compiled for good.
  run(decisions);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  run(decisions);
  return (process.memoryUsage().heapUsed - before) / decisions;
}

const allowed = requests.filter((request) => decide(policy, request, nowMs).allow);
process.stdout.write(
  JSON.stringify({
    requests: allowed.length,
    allowed: bytesPerDecision(allowed),
    all: bytesPerDecision(requests),
    copies: bytesPerDecision(requests.map((request) => ({ ...request }))),
  }),
);
