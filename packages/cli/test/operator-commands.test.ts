import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer, type RunningServer } from "@cordon/server";
import { startTestPostgres, type TestPostgres } from "@cordon/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSignIn } from "../src/sign-in-file.ts";
import { ending } from "./command-line.ts";

let folder: string;
let postgres: TestPostgres;
let server: RunningServer;
let at: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cordon-operators-"));
  postgres = await startTestPostgres();
  const home = join(folder, "home");
  server = await startServer({
    home,
    port: 0,
    databaseUrl: postgres.url,
    directory: null,
    mail: null,
    version: "0",
    onNote: () => undefined,
  });
  at = ["--home", home, "--url", server.url];
});
afterAll(async () => {
  await server.close();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

test("`operator invite` prints a link that is good once, `list`, `grant` and `revoke` keep the operators", async () => {
  const roles = ["--roles", "viewer,approver"];
  const invited = await ending(
    "operator",
    "invite",
    "astrid.ek",
    "--display-name",
    "Astrid Ek",
    ...roles,
    ...at,
  );
  expect(invited).toMatchObject({ code: 0, line: "" });
  expect(invited.stdout).toMatch(/^http:\/\/localhost:\d+\/enrol#[\w-]{43}\nfor astrid\.ek, once, until /);
  expect((await ending("operator", "list", ...at)).stdout).toMatch(
    /astrid\.ek +invited +passkey +viewer,approver +Astrid Ek/,
  );
  const granted = await ending("operator", "grant", "astrid.ek", "--roles", "viewer", ...at, "--json");
  expect(JSON.parse(granted.stdout)).toMatchObject({ name: "astrid.ek", roles: ["viewer"] });
  expect((await ending("operator", "revoke", "astrid.ek", ...at)).stdout).toContain("revoked");
  const again = await ending("operator", "invite", "astrid.ek", "--roles", "viewer", ...at);
  expect(again).toMatchObject({ code: 2, stdout: "" });
  expect(again.line).toContain("already");
});

test("`token create` shows the token this once, `list` and `revoke` know it by its id", async () => {
  const limits = ["--roles", "viewer", "--read-only", "--days", "7"];
  const created = await ending("token", "create", "status board", ...limits, ...at);
  const [secret = "", line = ""] = created.stdout.split("\n");
  expect(secret).toMatch(/^cordon_[\w-]{43}$/);
  const id = line.split(" ")[0] ?? "";
  const listed = await ending("token", "list", ...at);
  expect(listed.stdout).toMatch(
    new RegExp(`^${id} +active +read only +viewer +until .* +never used +status board`),
  );
  expect(listed.stdout).not.toContain(secret);
  const ask = () => fetch(`${server.url}/v1/status`, { headers: { authorization: `Bearer ${secret}` } });
  expect((await ask()).status).toBe(200);
  expect((await ending("token", "revoke", id, ...at)).stdout).toBe(`${id}: revoked\n`);
  expect((await ask()).status).toBe(401);
});

test("a wrong role is wrong input, and nothing is asked for", async () => {
  const wrong = await ending("operator", "invite", "x", "--roles", "boss", ...at);
  expect(wrong).toMatchObject({ code: 2, stdout: "" });
  expect(wrong.line).toMatch(/--roles: `boss`, expected some of viewer/);
});

describe("the file of `serve --sign-in`", () => {
  const good = `issuer: https://login.example
clientId: cordon
clientSecretFile: secret.txt
roles:
  oncall: [viewer, responder]
`;
  const read = async (text: string) => {
    const file = join(folder, "sign-in.yaml");
    await Promise.all([writeFile(file, text), writeFile(join(folder, "secret.txt"), "s3cret\n")]);
    return readSignIn(file);
  };

  test("names issuer, client, the secret's file beside it, and what each group may do", async () => {
    expect(await read(good)).toEqual({
      issuer: "https://login.example",
      clientId: "cordon",
      clientSecret: "s3cret",
      groupsClaim: "groups",
      roles: new Map([["oncall", ["viewer", "responder"]]]),
    });
  });

  test.each([
    ["an issuer without https", good.replace("https:", "http:"), /sign-in\.yaml:1: .*https/],
    ["a role that is none", good.replace("responder", "boss"), /sign-in\.yaml:5: `boss` is no role/],
    ["an unknown key", `${good}secret: x\n`, /sign-in\.yaml:6: /],
    ["no secret", good.replace("secret.txt", "none.txt"), /none\.txt: no such file/],
  ])("refuses %s and says where", async (_, text, told) => {
    await expect(read(text)).rejects.toThrow(told);
  });
});
