import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { cordon, ending, temporaryFolder } from "./command-line.ts";

let folder = "";
const at = (name: string): string => path.join(folder, name);

/** 2014-05-20T08:00:00Z, in seconds. */
const signedInAt = 1_400_572_800;
const claims = (more: object = {}) => ({
  sub: "u-1",
  client_id: "app",
  sid: "session-of-u-1",
  auth_time: signedInAt,
  iat: signedInAt + 5,
  exp: signedInAt + 3605,
  password_changed_at: 1_300_000_000,
  ...more,
});
const later = { iat: signedInAt + 4000, exp: signedInAt + 7600 };

function jwt(payload: object): string {
  const header = { alg: "ES256", kid: "k" };
  const parts = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  return [...parts, "c2lnbmF0dXJl"].join(".");
}

beforeEach(() => {
  folder = temporaryFolder();
  writeFileSync(at("accounts.csv"), "account_id,email\nu-1,ada@example.org\nu-2,\n");
  writeFileSync(at("clients.yaml"), "app: { platform: android, store: google-play, version: 1.1.0 }\n");
  writeFileSync(at("tokens.txt"), `${jwt(claims())}\n\n${jwt(claims(later))}\n`);
});

const directory = () => ["--directory", at("accounts.csv"), "--as-of", "2014-05-27T12:00:00Z"];

/** Within this process: the exit code is taken back, so that it is not the test run's. */
async function doctor(...options: readonly string[]) {
  const ended = await ending("doctor", ...options);
  const code = process.exitCode ?? ended.code;
  process.exitCode = undefined;
  return { ...ended, code };
}

describe("cordon doctor", () => {
  it("exits 0 when every measure will work, and shows no token and no account", async () => {
    const given = ["--tokens", at("tokens.txt"), "--clients", at("clients.yaml"), ...directory(), "--json"];
    const { code, stdout, stderr } = await cordon(["doctor", ...given]);
    expect([code, stderr]).toEqual([0, ""]);
    const answer = JSON.parse(stdout) as { works: boolean; tokens: number; measures: { verdict: string }[] };
    expect(answer).toMatchObject({ works: true, tokens: 2 });
    expect(answer.measures.map(({ verdict }) => verdict)).toEqual(answer.measures.map(() => "works"));
    for (const secret of ["u-1", "session-of", "ada@", "eyJ"]) expect(stdout).not.toContain(secret);
  });

  it("exits 1 when one will not, one finding a line, and says what to change", async () => {
    writeFileSync(at("tokens.txt"), `${JSON.stringify(claims({ auth_time: null }))}\n`);
    const { code, stdout } = await doctor("--tokens", at("tokens.txt"), ...directory());
    expect(code).toBe(1);
    expect(stdout).toMatch(/\nfails +auth-time-present +`auth_time` is in 0 of 1 .+ To change: .+claims\.md/);
    expect(stdout).toMatch(/\nreauthenticate +fails +auth-time-present/);
  });

  it("asks for the measures that are named alone", async () => {
    const asked = ["--tokens", at("tokens.txt"), ...directory(), "--json"];
    expect((await doctor(...asked, "--measure", "upgrade")).code).toBe(1);
    expect((await doctor(...asked, "--measure", "redownload", "--measure", "change_password")).code).toBe(0);
  });

  it("reads tokens as a gate does by its configuration", async () => {
    writeFileSync(
      at("gate.yaml"),
      `token: { issuer: https://id.example, audience: [api], jwks: keys.json, algorithms: [ES256] }
claims: { client: [client_id], passwordSetAt: [other] }
clients: { app: { platform: android, store: google-play, version: 1.1.0 } }
`,
    );
    const { stdout } = await doctor(
      "--tokens",
      at("tokens.txt"),
      "--gate-config",
      at("gate.yaml"),
      ...directory(),
      "--json",
    );
    const { measures } = JSON.parse(stdout) as { measures: { measure: string; verdict: string }[] };
    expect(Object.fromEntries(measures.map(({ measure, verdict }) => [measure, verdict]))).toMatchObject({
      reauthenticate: "works",
      upgrade: "works",
      change_password: "fails",
    });
  });

  it.each([
    ["nothing to look at", [], /expected --tokens, --issuer or --gateway/],
    ["a directory without its time", ["--tokens", "tokens.txt", "--directory", "accounts.csv"], /--as-of/],
    ["no such file", ["--tokens", "none"], /none: no such file, expected access tokens/],
    ["a measure that is none", ["--tokens", "tokens.txt", "--measure", "magic"], /one of reauthenticate/],
    ["a claim that is none", ["--tokens", "tokens.txt", "--claim", "x=y"], /PART=CLAIM/],
    [
      "clients without tokens",
      ["--issuer", "https://id.example", "--clients", "clients.yaml"],
      /without --tokens/,
    ],
    ["http to elsewhere", ["--issuer", "http://id.example"], /expected https:\/\/…/],
  ])("%s is wrong input", async (_, options, message) => {
    const given = options.map((option) =>
      /\.|none/.test(option) && !option.includes("//") ? at(option) : option,
    );
    const { code, line, stdout } = await doctor(...given);
    expect([code, stdout]).toEqual([2, ""]);
    expect(line).toMatch(message);
  });

  it("a line that is no token is wrong input, named by its number and not quoted", async () => {
    writeFileSync(at("tokens.txt"), `${jwt(claims())}\nopaque-secret\n`);
    const { code, line } = await doctor("--tokens", at("tokens.txt"));
    expect(code).toBe(2);
    expect(line).toMatch(/tokens\.txt:2: no JWT, expected a JWT/);
    expect(line).not.toContain("opaque-secret");
  });

  it("a client table is read strictly", async () => {
    for (const [text, message] of [
      ["[]\n", /clients\.yaml:1: no mapping/],
      ["app: { platfrom: ios }\n", /clients\.yaml:1: unknown key `platfrom`/],
      ["app: { version: 1.1 }\n", /clients\.yaml:1: `version` is no text/],
    ] as const) {
      writeFileSync(at("clients.yaml"), text);
      const { code, line } = await ending(
        "doctor",
        "--tokens",
        at("tokens.txt"),
        "--clients",
        at("clients.yaml"),
      );
      expect(code).toBe(2);
      expect(line).toMatch(message);
    }
  });
});

describe("cordon bundle build, where a rule would lock people out", () => {
  const rule = "{ id: r, measure: reauthenticate, cohort: listed, cutoff: 2014-05-27T12:00:00Z }";
  const refusing = "{ id: none, measure: refuse_client, trusted: [] }";

  async function build(rules: string, ...more: readonly string[]) {
    if (!existsSync(at("keys"))) await ending("key", "generate", "--out", at("keys"));
    writeFileSync(
      at("policy.yaml"),
      `version: 1\nrules:\n  - ${rules}\ncohorts: { listed: { accounts: [u-1] } }\n`,
    );
    const { code, stderr } = await cordon([
      ...["bundle", "build", at("policy.yaml"), ...directory(), "--key", at("keys/private.pem")],
      ...["--out", at("b"), ...more],
    ]);
    return { code, stderr, written: existsSync(at("b")) };
  }

  it("tokens that lack auth_time refuse it, nothing is written; --force builds it and says so", async () => {
    writeFileSync(at("tokens.txt"), `${jwt(claims({ auth_time: null }))}\n`);
    const refused = await build(rule, "--tokens", at("tokens.txt"));
    expect(refused).toMatchObject({ code: 1, written: false });
    expect(refused.stderr).toMatch(
      /^[^\n]*policy\.yaml:3: rule `r` locks out everybody it is for: [^\n]+--force\n$/,
    );
    const forced = await build(rule, "--tokens", at("tokens.txt"), "--force");
    expect(forced).toMatchObject({ code: 0, written: true });
    expect(forced.stderr).toMatch(/rule `r` locks out everybody/);
  });

  it("good tokens build it in silence, and some that lack it with a word", async () => {
    expect(await build(rule, "--tokens", at("tokens.txt"))).toEqual({ code: 0, stderr: "", written: true });
    writeFileSync(at("tokens.txt"), `${jwt(claims())}\n${jwt(claims({ auth_time: null }))}\n`);
    const { code, stderr } = await build(rule, "--tokens", at("tokens.txt"));
    expect(code).toBe(0);
    expect(stderr).toMatch(/rule `r` locks out some: .+1 of 2/);
  });

  it("without tokens every policy of contracts 4 is built; what is certain is said", async () => {
    expect(await build(rule)).toEqual({ code: 0, stderr: "", written: true });
    const built = await build(refusing);
    expect(built).toMatchObject({ code: 0, written: true });
    expect(built.stderr).toMatch(/rule `none` locks out everybody it is for: it refuses every app/);
  });

  it("with tokens, a policy that refuses every app is refused", async () => {
    expect(await build(refusing, "--tokens", at("tokens.txt"))).toMatchObject({ code: 1, written: false });
  });
});
