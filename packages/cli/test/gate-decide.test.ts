import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { cordon, ending, launcher, temporaryFolder, type Ran } from "./command-line.ts";

let folder = "";
const at = (name: string): string => path.join(folder, name);

const policy = `version: 1
rules:
  - { id: r, measure: reauthenticate, cohort: listed, cutoff: 2014-05-27T12:00:00Z }
  - { id: o, measure: redownload, epoch: 2 }
cohorts: { listed: { accounts: [u-1, "007"] } }
`;

async function build(...more: readonly string[]): Promise<void> {
  writeFileSync(at("policy.yaml"), policy);
  const inputs = [at("policy.yaml"), "--directory", at("accounts.jsonl"), "--as-of", "2014-05-27T12:00:00Z"];
  const { line } = await ending(
    "bundle",
    "build",
    ...inputs,
    "--key",
    at("keys/private.pem"),
    "--out",
    at("b"),
    ...more,
  );
  expect(line).toBe("");
}

beforeEach(async () => {
  folder = temporaryFolder();
  const ids = ["u-0", "u-1", "007", "u-3"];
  writeFileSync(at("accounts.jsonl"), ids.map((id) => `${JSON.stringify({ account_id: id })}\n`).join(""));
  await ending("key", "generate", "--out", at("keys"));
});

function decide(stdin: string | Uint8Array, ...more: readonly string[]): Promise<Ran> {
  const commandLine = ["gate", "decide", "--bundle", at("b"), "--key", at("keys/public.pem")];
  return cordon([...commandLine, "--now", "2014-06-01T00:00:00Z", ...more], { stdin });
}

const signIn = { measure: "reauthenticate", rule: "r", required: true };
const again = { measure: "redownload", rule: "o", required: true };
const line = (allow: boolean, ...directives: unknown[]): string =>
  `${JSON.stringify({ allow, directives })}\n`;

describe("cordon gate decide", () => {
  it("decides one line each, by account and by ordinal", async () => {
    const requests = [
      { account: "u-1" },
      { account: "u-0", offlineEpoch: 2 },
      { account: "007", ordinal: 0 },
      { account: "u-0", ordinal: 1 },
      { account: "stranger" },
    ];
    const stdin = requests.map((request) => JSON.stringify(request)).join("\r\n");
    await build();
    expect(await decide(stdin)).toEqual({
      code: 0,
      signal: null,
      stderr: "",
      stdout:
        line(false, signIn, again) +
        line(true) +
        line(false, signIn, again) +
        line(true, again) +
        line(true, again),
    });
    // The row order of the directory gives the ordinals: u-1 has 1, 007 has 2.
    await build("--by", "ordinal");
    expect((await decide(stdin)).stdout).toBe(
      line(false, signIn, again) +
        line(true) +
        line(true, again) +
        line(false, signIn, again) +
        line(true, again),
    );
  });

  it("takes the directory's ordinal column where it has one", async () => {
    writeFileSync(
      at("accounts.jsonl"),
      '{"account_id":"u-1","ordinal":1}\n{"account_id":"u-0","ordinal":0}\n',
    );
    await build("--by", "ordinal");
    const { stdout } = await decide(
      '{"account":"x","ordinal":1}\n{"account":"u-1","ordinal":0}\n{"account":"u-1"}\n',
    );
    expect(stdout).toBe(line(false, signIn, again) + line(true, again) + line(false, signIn, again));
  });

  it("a line that is no JSON object ends it with 2, naming the line; earlier decisions stand", async () => {
    await build();
    const { code, stdout, stderr } = await decide('{"account":"u-1"}\n{}\n[1]\n{}\n');
    expect(code).toBe(2);
    expect(stdout).toBe(line(false, signIn, again) + line(true, again));
    expect(stderr).toMatch(/^stdin:3: .+, expected a JSON object\n$/);
  });

  it("ids with half a surrogate pair are ids of nobody", async () => {
    await build();
    expect(await decide('{"account":"\\ud83c"}\n')).toMatchObject({
      code: 0,
      stdout: line(true, again),
      stderr: "",
    });
  });

  it("prints nothing and exits 1 for a bundle that is refused", async () => {
    await build();
    const bytes = readFileSync(at("b"));
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    writeFileSync(at("b"), bytes);
    const { code, stdout, stderr } = await decide("{}\n");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^[^\n]+b: refused: [^\n]+\n$/);
  });

  it("an expired bundle is refused, now ≥ expires; --keep-serving goes on", async () => {
    await build("--expires", "2014-06-01T00:00:00Z");
    expect(await decide("{}\n")).toMatchObject({ code: 1, stdout: "" });
    expect(await decide("{}\n", "--keep-serving")).toMatchObject({ code: 0, stdout: line(true, again) });
    expect(await decide("{}\n", "--now", "2014-05-31T23:59:59.999Z")).toMatchObject({ code: 0 });
  });

  it("asks for a threshold of keys like verify; a missing file is wrong input", async () => {
    await build();
    expect(await decide("{}\n", "--key", at("keys/public.pem"), "--threshold", "2")).toMatchObject({
      code: 1,
      stdout: "",
    });
    expect(await decide("{}\n", "--bundle", at("none"))).toMatchObject({ code: 2, stdout: "" });
    expect(await decide("{}\n", "--key", at("policy.yaml"))).toMatchObject({ code: 2, stdout: "" });
  });

  it("decides while it reads, and ends quietly when its reader goes", async () => {
    await build();
    const commandLine = ["gate", "decide", "--bundle", at("b"), "--key", at("keys/public.pem")];
    const child = spawn(process.execPath, [launcher, ...commandLine], { stdio: "pipe" });
    child.stdin.on("error", () => undefined);
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin.write('{"account":"u-0"}\n');
    const [first] = (await once(child.stdout, "data")) as [Buffer];
    expect(first.toString()).toBe(line(true, again));
    const closed = once(child, "close");
    child.stdout.destroy();
    child.stdin.end("{}\n".repeat(200_000));
    expect(await closed).toEqual([0, null]);
    expect(stderr).toBe("");
  });

  it("as many requests as there are, in order", async () => {
    await build();
    const count = 200_000;
    let stdin = "";
    for (let i = 0; i < count; i++)
      stdin += i % 3 === 0 ? '{"account":"u-1"}\n' : '{"account":"u-2","offlineEpoch":9}\n';
    const { code, stdout } = await decide(stdin);
    expect(code).toBe(0);
    const lines = stdout.split("\n");
    expect(lines).toHaveLength(count + 1);
    expect(lines.every((text, i) => i === count || text.length > 40 === (i % 3 === 0))).toBe(true);
  });
});
