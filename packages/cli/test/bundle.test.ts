import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { generateKeyPairSync } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { ending, temporaryFolder, type Ended } from "./command-line.ts";

const policy = `version: 7
rules:
  - { id: reauth, measure: reauthenticate, cohort: suspects, cutoff: 2014-05-27T12:00:00Z,
      rollout: { from: 2014-05-27T12:00:00Z, over: 72h, waves: 24 } }
  - { id: newpw, measure: change_password, cohort: touched, cutoff: 2014-05-27T12:00:00Z }
  - { id: offline, measure: redownload, where: { platform: android }, epoch: 2 }
cohorts:
  suspects: { file: lists/suspects.txt }
  touched:  { accounts: [u-3, ghost] }
`;
const asOf = "2014-05-27T12:00:00Z";

let folder = "";
const at = (name: string): string => path.join(folder, name);

beforeEach(async () => {
  folder = temporaryFolder();
  mkdirSync(at("lists"));
  writeFileSync(at("lists/suspects.txt"), "u-1\r\n\nu-5\nu-1\nnobody\n u-2\n");
  writeFileSync(at("policy.yaml"), policy);
  const accounts = Array.from({ length: 10 }, (_, index) => `u-${index}\n`).join("");
  writeFileSync(at("accounts.csv"), `account_id\n${accounts}`);
  await ending("key", "generate", "--out", at("keys"));
});

function build(...more: readonly string[]): Promise<Ended> {
  const inputs = [at("policy.yaml"), "--directory", at("accounts.csv"), "--as-of", asOf];
  return ending("bundle", "build", ...inputs, "--key", at("keys/private.pem"), "--out", at("b"), ...more);
}

function verify(...more: readonly string[]): Promise<Ended> {
  return ending("bundle", "verify", at("b"), "--key", at("keys/public.pem"), ...more);
}

async function inspect(): Promise<Record<string, unknown>> {
  return JSON.parse((await ending("bundle", "inspect", at("b"), "--json")).stdout) as Record<string, unknown>;
}

describe("cordon key generate", () => {
  it("writes PKCS#8 and SPKI PEM, private mode 0600, never overwritten", async () => {
    const privatePem = readFileSync(at("keys/private.pem"), "utf8");
    expect(privatePem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(readFileSync(at("keys/public.pem"), "utf8")).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    expect(statSync(at("keys/private.pem")).mode & 0o777).toBe(0o600);
    const again = await ending("key", "generate", "--out", at("keys"));
    expect(again.code).toBe(2);
    expect(again.line).toMatch(/private\.pem: is there already, expected/);
    expect(readFileSync(at("keys/private.pem"), "utf8")).toBe(privatePem);
  });

  it("leaves nothing beside a public key that is there already", async () => {
    mkdirSync(at("half"));
    writeFileSync(at("half/public.pem"), "mine");
    expect((await ending("key", "generate", "--out", at("half"))).code).toBe(2);
    expect(readdirSync(at("half"))).toEqual(["public.pem"]);
    expect(readFileSync(at("half/public.pem"), "utf8")).toBe("mine");
  });

  it("says where they are", async () => {
    const { code, stdout } = await ending("key", "generate", "--out", at("new/deep"), "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      private: at("new/deep/private.pem"),
      public: at("new/deep/public.pem"),
    });
    expect((await ending("key", "generate", "--out", at("policy.yaml"))).code).toBe(2);
  });
});

describe("cordon bundle build", () => {
  it("builds a bundle that verifies and says what is in it", async () => {
    const built = await build("--json", "--expires", "2014-08-01T00:00:00Z");
    expect(built).toMatchObject({ code: 0, line: "" });
    expect(JSON.parse(built.stdout)).toMatchObject({
      version: 7,
      expires: "2014-08-01T00:00:00.000Z",
      accounts: 10,
      bytes: statSync(at("b")).size,
      cohorts: { suspects: { members: 2, outside: 2 }, touched: { members: 1, outside: 1 } },
    });
    const verified = await verify("--json");
    expect(verified.code).toBe(0);
    expect(JSON.parse(verified.stdout)).toMatchObject({ verified: true, version: 7 });
    const inspection = await inspect();
    expect(inspection).toMatchObject({
      version: 7,
      expires: "2014-08-01T00:00:00.000Z",
      rules: [
        { id: "reauth", measure: "reauthenticate" },
        { id: "newpw", measure: "change_password" },
        { id: "offline", measure: "redownload" },
      ],
      cohorts: {
        // 16 bytes of entry and the name; for the members 4 bytes each, and their buckets.
        suspects: { members: 2, bytes: 33, bitsPerMember: 132 },
        touched: { members: 1, bytes: 28, bitsPerMember: 224 },
      },
    });
    const { suspects } = inspection["cohorts"] as { suspects: { entropyBitsPerMember: number } };
    expect(suspects.entropyBitsPerMember).toBeCloseTo(Math.log2(45) / 2, 9);
  });

  it("gives the same bytes again, expires never by default", async () => {
    await build();
    const first = readFileSync(at("b"));
    await build();
    expect(readFileSync(at("b")).equals(first)).toBe(true);
    expect((await inspect())["expires"]).toBeNull();
  });

  it("reads cohort files relative to the policy's folder; an empty cohort is one", async () => {
    writeFileSync(at("lists/suspects.txt"), "");
    await build();
    expect((await inspect())["cohorts"]).toMatchObject({
      suspects: { members: 0, bitsPerMember: 0, entropyBitsPerMember: 0 },
    });
  });

  it("a cutoff that is as old as the directory is fine; everyone may have a later one, and so may keys", async () => {
    writeFileSync(
      at("policy.yaml"),
      `version: 1
rules:
  - { id: a, measure: reauthenticate, cohort: everyone, cutoff: 2014-05-28T12:00:00Z }
  - { id: b, measure: reauthenticate, cutoff: 2014-05-28T12:00:00Z }
  - { id: c, measure: reauthenticate, cohort: one, keys: [k1] }
  - { id: d, measure: reauthenticate, cohort: one, cutoff: ${asOf} }
cohorts: { one: { accounts: [u-1] } }
`,
    );
    expect(await build()).toMatchObject({ code: 0, line: "" });
  });

  /** What is wrong, the change to the policy, the line of the error, and what it says. */
  const wrongPolicies: readonly (readonly [string, (text: string) => string, number, RegExp])[] = [
    ["a syntax error", (text) => text.replace("rules:", "rules: ["), 3, /./],
    ["a duplicate key", (text) => `${text}version: 8\n`, 10, /unique/],
    [
      "an unknown key",
      (text) => text.replace("measure: redownload", "messure: x, measure: redownload"),
      6,
      /`messure`/,
    ],
    ["an unknown measure", (text) => text.replace("redownload", "download"), 6, /`download`/],
    ["a rule id twice", (text) => text.replace("id: newpw", "id: reauth"), 5, /`reauth` a second time/],
    ["an undefined cohort", (text) => text.replace("cohort: touched", "cohort: touchd"), 5, /`touchd`/],
    [
      "a missing file",
      (text) => text.replace("suspects.txt", "suspect.txt"),
      8,
      /`lists\/suspect\.txt`: no such file/,
    ],
    [
      "a file that is a folder",
      (text) => text.replace("lists/suspects.txt", "lists"),
      8,
      /`lists`: is a folder/,
    ],
    ["an id that YAML reads as a number", (text) => text.replace("u-3", "3141"), 9, /`3141`.*quote it/],
    [
      "a rule id that YAML reads as a number",
      (text) => text.replace("id: offline", "id: 0017"),
      6,
      /quote it/,
    ],
    ["a cohort that YAML reads as a number", (text) => text.replaceAll("touched", "17"), 9, /`17`.*quote it/],
    [
      "a listed cohort's cutoff later than --as-of",
      (text) =>
        text.replace("touched, cutoff: 2014-05-27T12:00:00Z", "touched, cutoff: 2014-05-27T12:00:00.001Z"),
      5,
      /later than the directory/,
    ],
    [
      "a rollout with because: exposure",
      (text) => text.replace("rollout:", "because: exposure, rollout:"),
      4,
      /exposure/,
    ],
    ["a version that is a text", (text) => text.replace("version: 7", 'version: "7"'), 1, /whole number/],
    ["everyone with an entry", (text) => text.replace("touched:", "everyone:"), 9, /everyone/],
    ["epoch 0", (text) => text.replace("epoch: 2", "epoch: 0"), 6, /from 1 on/],
    ["an empty policy", () => "", 1, /no mapping/],
  ];
  it.each(wrongPolicies)(
    "%s is wrong input: one line with FILE:LINE, nothing written",
    async (_, change, line, says) => {
      writeFileSync(at("policy.yaml"), change(policy));
      const before = readdirSync(folder);
      const built = await build();
      expect(built.code).toBe(2);
      expect(built.line).toMatch(new RegExp(`^[^\\n]*policy\\.yaml:${line}: [^\\n]+, expected [^\\n]+$`));
      expect(built.line).toMatch(says);
      expect(readdirSync(folder)).toEqual(before);
    },
  );

  it.each([
    ["an id twice in the directory", "account_id\nu-1\nu-2\nu-1\n", /accounts\.csv:4: .*`u-1`/],
    ["an empty id in the directory", "account_id,market\nu-1,DE\n,DE\n", /accounts\.csv:3: /],
  ])("%s is wrong input", async (_, text, line) => {
    writeFileSync(at("accounts.csv"), text);
    const built = await build();
    expect(built.code).toBe(2);
    expect(built.line).toMatch(line);
    expect(existsSync(at("b"))).toBe(false);
  });

  it("a cohort file that is not UTF-8 is wrong input, with its line", async () => {
    writeFileSync(at("lists/suspects.txt"), Buffer.from("u-1\nu-\xff\n", "latin1"));
    expect((await build()).line).toMatch(/suspects\.txt:2: bytes that are not UTF-8, expected UTF-8$/);
  });

  it.each([
    [
      "a key that is none",
      { "keys/private.pem": "nonsense" },
      /private\.pem: is no such key, expected an Ed25519/,
    ],
    ["a public key", { "keys/private.pem": null }, /private\.pem: is no such key/],
  ])("%s is wrong input", async (_, files, line) => {
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(at(name), text ?? readFileSync(at("keys/public.pem")));
    }
    const built = await build();
    expect(built.code).toBe(2);
    expect(built.line).toMatch(line);
  });

  it("without --as-of, with an output folder that is missing or a disk that refuses: wrong input", async () => {
    const inputs = [at("policy.yaml"), "--directory", at("accounts.csv"), "--key", at("keys/private.pem")];
    expect(await ending("bundle", "build", ...inputs, "--out", at("b"))).toMatchObject({ code: 2 });
    for (const out of [at("none/b"), folder]) {
      const { code, line } = await ending("bundle", "build", ...inputs, "--as-of", asOf, "--out", out);
      expect(code).toBe(2);
      expect(line).toMatch(/: (no such file|is a folder|is there already|ENOTEMPTY)/);
    }
    expect(readdirSync(folder).sort()).toEqual(["accounts.csv", "keys", "lists", "policy.yaml"]);
  });

  it("over the size limit nothing is written, and the bundle that is there stays", async () => {
    await build();
    const before = readFileSync(at("b"));
    const built = await build("--max-bytes", "200");
    expect(built.code).toBe(2);
    expect(built.line).toMatch(/over the limit of 200/);
    expect(readFileSync(at("b")).equals(before)).toBe(true);
  });
});

describe("cordon bundle verify", () => {
  it.each([
    ["cut", (bytes: Buffer) => bytes.subarray(0, -1)],
    ["extended", (bytes: Buffer) => Buffer.concat([bytes, Buffer.of(0)])],
    ["empty", () => Buffer.alloc(0)],
    ["something else", () => Buffer.from(policy)],
    [
      "changed",
      (bytes: Buffer) => Buffer.from(bytes.toString("latin1").replace("suspects", "suspectz"), "latin1"),
    ],
  ])("exits 1 for bytes that are no bundle of this key: %s", async (_, change) => {
    await build();
    writeFileSync(at("b"), change(readFileSync(at("b"))));
    const { code, line, stdout } = await verify("--json");
    expect(code).toBe(1);
    expect(line).toMatch(/^[^\n]+: refused: [^\n]+$/);
    expect(JSON.parse(stdout)).toMatchObject({ verified: false });
  });

  it("exits 1 over the size limit and for another key", async () => {
    await build();
    expect(await verify("--max-bytes", "100")).toMatchObject({ code: 1 });
    await ending("key", "generate", "--out", at("other"));
    expect(await ending("bundle", "verify", at("b"), "--key", at("other/public.pem"))).toMatchObject({
      code: 1,
    });
  });

  it("exits 2 when a file can't be read or the key is no Ed25519 key", async () => {
    expect(await verify()).toMatchObject({ code: 2 });
    await build();
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileSync(at("ec.pem"), publicKey.export({ type: "spki", format: "pem" }));
    for (const [key, says] of [
      [at("none.pem"), /none\.pem: no such file/],
      [at("ec.pem"), /ec\.pem: is a key of type ec, expected an Ed25519 public key/],
      [at("policy.yaml"), /policy\.yaml: is no such key/],
      [at("keys/private.pem"), /private\.pem: is a private key/],
      [folder, /is a folder/],
    ] as const) {
      const { code, line } = await ending("bundle", "verify", at("b"), "--key", key);
      expect(code).toBe(2);
      expect(line).toMatch(says);
    }
  });

  it("with several keys, so many of them must have signed; sign adds a signature", async () => {
    await build();
    await ending("key", "generate", "--out", at("second"));
    const both = ["--key", at("second/public.pem"), "--threshold", "2"];
    expect((await verify(...both)).code).toBe(1);
    expect((await verify("--key", at("keys/public.pem"), "--threshold", "2")).code).toBe(1);
    const signed = await ending("bundle", "sign", at("b"), "--key", at("second/private.pem"), "--json");
    expect(signed.code).toBe(0);
    expect((JSON.parse(signed.stdout) as { signatures: unknown[] }).signatures).toHaveLength(2);
    expect((await verify(...both)).code).toBe(0);
    expect((await verify(...both, "--threshold", "3")).code).toBe(1);
    // A second time changes nothing.
    const bytes = readFileSync(at("b"));
    await ending("bundle", "sign", at("b"), "--key", at("second/private.pem"));
    expect(readFileSync(at("b")).equals(bytes)).toBe(true);
  });
});

describe("cordon bundle sign and inspect", () => {
  it("what is no bundle is wrong input, and stays as it is", async () => {
    for (const commandLine of [
      ["sign", at("policy.yaml"), "--key", at("keys/private.pem")],
      ["inspect", at("policy.yaml")],
    ]) {
      const { code, line } = await ending("bundle", ...commandLine);
      expect(code).toBe(2);
      expect(line).toMatch(/policy\.yaml: does not begin as a bundle does, expected a bundle$/);
    }
    expect(readFileSync(at("policy.yaml"), "utf8")).toBe(policy);
  });
});
