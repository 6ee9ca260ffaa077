import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import { cordon, ending, temporaryFolder } from "./command-line.ts";

let folder = "";
const at = (name: string): string => path.join(folder, name);

const policy = `version: 2
rules:
  - { id: reauth, measure: reauthenticate, cohort: listed, cutoff: 2014-05-27T12:00:00Z }
  - { id: android, measure: upgrade, where: { platform: android }, below: 1.1.0, required: 2014-05-27T13:00:00Z,
      stores: { google-play: { available: 2014-05-27T12:00:00Z }, amazon-appstore: {} } }
cohorts: { listed: { accounts: [u-1, u-2] } }
`;
const nothing = "version: 1\nrules: []\n";

const request = (time: string, account: string, more: object = {}): string =>
  `${JSON.stringify({
    at: `2014-05-27T${time}Z`,
    account,
    authTime: "2014-05-20T00:00:00Z",
    client: { platform: "ios", store: "app-store", version: "1.0.0" },
    ...more,
  })}\n`;

const log = [
  request("11:00:00", "u-1"),
  request("12:30:00", "u-1"),
  request("12:40:00", "u-1"),
  request("12:50:00", "u-2", { client: { platform: "android", store: "google-play", version: "1.0.0" } }),
  request("13:10:00", "u-2", { client: { platform: "android", store: "google-play", version: "1.0.0" } }),
  request("13:20:00", "u-3", { client: { platform: "android", store: "amazon-appstore" }, market: "SE" }),
].join("");

async function build(name: string, text: string): Promise<void> {
  writeFileSync(at(`${name}.yaml`), text);
  const { line } = await ending(
    ...["bundle", "build", at(`${name}.yaml`), "--directory", at("accounts.jsonl")],
    ...["--as-of", "2014-05-27T12:00:00Z", "--key", at("keys/private.pem"), "--out", at(name)],
  );
  expect(line).toBe("");
}

beforeEach(async () => {
  folder = temporaryFolder();
  const ids = ["u-1", "u-2", "u-3"];
  writeFileSync(
    at("accounts.jsonl"),
    ids.map((id) => `${JSON.stringify({ account_id: id, market: "DE" })}\n`).join(""),
  );
  await ending("key", "generate", "--out", at("keys"));
  await build("next", policy);
  await build("old", nothing);
  writeFileSync(at("log.jsonl"), log);
});

function simulate(...more: readonly string[]) {
  return ending(
    ...["gate", "simulate", "--bundle", at("next"), "--key", at("keys/public.pem")],
    ...["--traffic", at("log.jsonl"), ...more],
  );
}

describe("cordon gate simulate", () => {
  it("says who is denied, what they are told, and how many sign in when", async () => {
    const { code, line, stdout } = await simulate("--directory", at("accounts.jsonl"), "--json");
    expect([code, line]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 2,
      first: "2014-05-27T11:00:00.000Z",
      last: "2014-05-27T13:20:00.000Z",
      outside: 0,
      total: { requests: 6, accounts: 3, installations: 3 },
      denied: { requests: 3, accounts: 2, installations: 2 },
      measures: [
        { measure: "reauthenticate", required: true, requests: 2, accounts: 2, installations: 2 },
        { measure: "upgrade", required: true, requests: 1, accounts: 1, installations: 1 },
        { measure: "upgrade", required: false, requests: 2, accounts: 2, installations: 2 },
      ],
      markets: [
        { market: "DE", total: { accounts: 2 }, denied: { accounts: 2 } },
        { market: "SE", total: { accounts: 1 }, denied: { accounts: 0 } },
      ],
      upgrades: [
        { store: "amazon-appstore", recommended: 0, required: 0, unavailable: 1 },
        { store: "google-play", recommended: 1, required: 1, unavailable: 0 },
      ],
      signIns: {
        total: 2,
        peakSecond: { signIns: 1 },
        busiestStep: { from: "2014-05-27T12:00:00.000Z", signIns: 2 },
      },
      steps: [
        { from: "2014-05-27T11:00:00.000Z", requests: 1, signIns: 0 },
        { from: "2014-05-27T12:00:00.000Z", requests: 3, signIns: 2, signInsPerSecond: 2 / 3600 },
        { from: "2014-05-27T13:00:00.000Z", requests: 2, signIns: 0 },
      ],
      against: null,
    });
  });

  it("as logged it decides each request as `gate decide` does", async () => {
    const time = "2014-05-27T13:30:00Z";
    const atOneTime = log.replaceAll(/"at":"[^"]+"/g, `"at":"${time}"`);
    writeFileSync(at("log.jsonl"), atOneTime);
    const { stdout } = await simulate("--as-logged", "--json");
    const { denied, signIns } = JSON.parse(stdout) as { denied: { requests: number }; signIns: unknown };
    const decided = await cordon(
      ["gate", "decide", "--bundle", at("next"), "--key", at("keys/public.pem"), "--now", time],
      { stdin: atOneTime },
    );
    const byDecide = decided.stdout.split('"allow":false').length - 1;
    expect(byDecide).toBe(5);
    expect(denied.requests).toBe(byDecide);
    expect(signIns).toBeNull();
  });

  it("says what changes against the bundle in force", async () => {
    const { stdout } = await simulate("--against", at("old"), "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      against: {
        version: 1,
        accounts: { newlyDenied: 2, noLongerDenied: 0, deniedByBoth: 0 },
        inForce: { denied: { requests: 0 } },
      },
    });
  });

  it("takes a window, a shift and steps of another length, and packed logs", async () => {
    writeFileSync(at("log.jsonl.gz"), gzipSync(log));
    const { stdout } = await ending(
      ...["gate", "simulate", "--bundle", at("next"), "--key", at("keys/public.pem")],
      ...["--traffic", at("log.jsonl.gz"), "--shift", "7d", "--from", "2014-06-03T12:30:00Z"],
      ...["--to", "2014-06-03T13:20:00Z", "--step", "20m", "--json"],
    );
    expect(JSON.parse(stdout)).toMatchObject({
      outside: 2,
      steps: [
        { from: "2014-06-03T12:30:00.000Z", requests: 2 },
        { from: "2014-06-03T12:50:00.000Z", requests: 1 },
        { from: "2014-06-03T13:10:00.000Z", requests: 1 },
      ],
    });
  });

  it("prints aligned columns, and no control characters of a log", async () => {
    writeFileSync(at("log.jsonl"), request("12:30:00", "u-1", { client: { platform: "\u001b[31mred" } }));
    const { stdout } = await simulate();
    expect(stdout).toContain("denied: 1 of 1 (100.0 %) accounts");
    expect(stdout).toMatch(/\nreauth +reauthenticate +1 +1 +1\n/);
    expect(stdout).not.toContain("\u001b");
  });

  it.each([
    ["a line that is no request", `${log}[1]\n`, /log\.jsonl:7: no JSON object, expected a JSON object$/],
    ["a line without a time", "{}\n", /log\.jsonl:1: `at` is no time, expected an RFC 3339 time/],
    ["a line out of order", log + request("10:00:00", "u-1"), /log\.jsonl:7: a time before the line above/],
  ])("%s is wrong input", async (_, text, message) => {
    writeFileSync(at("log.jsonl"), text);
    const { code, line, stdout } = await simulate("--json");
    expect([code, stdout]).toEqual([2, ""]);
    expect(line).toMatch(message);
  });

  it("wrong options and files are wrong input, a foreign bundle is refused", async () => {
    expect(await simulate("--step", "1 h")).toMatchObject({ code: 2, stdout: "" });
    expect(await simulate("--from", "2014-06-01T00:00:00Z", "--to", "2014-06-01T00:00:00Z")).toMatchObject({
      code: 2,
    });
    expect(await simulate("--max-installations", "1")).toMatchObject({ code: 2, stdout: "" });
    expect(await simulate("--traffic", at("none"))).toMatchObject({ code: 2, stdout: "" });
    const bytes = readFileSync(at("next"));
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    writeFileSync(at("next"), bytes);
    expect(await simulate()).toMatchObject({ code: 1, stdout: "" });
  });
});
