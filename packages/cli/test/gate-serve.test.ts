import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { parseGateConfig } from "../src/gate/parse-gate-config.ts";
import { parseYamlDocument } from "../src/yaml-document.ts";
import { cordon, ending, launcher, temporaryFolder } from "./command-line.ts";

const policy = (version: number) => `version: ${version}
rules:
  - { id: reauth, measure: reauthenticate, cohort: listed, cutoff: 2014-05-27T12:00:00Z }
cohorts: { listed: { accounts: [ada] } }
`;

const config = `listen: 127.0.0.1:0
proxy: traefik
source: { file: current.bundle }
keys: [keys/public.pem]
state: state
token: { issuer: "https://id.example", audience: music, jwks: jwks.json, algorithms: [ES256] }
claims: { account: sub, client: azp }
clients:
  "17": { platform: android, store: google-play }
clientHeaders: { version: X-Version }
`;

let folder = "";
const at = (name: string): string => path.join(folder, name);
const write = (name: string, text: string): string => {
  writeFileSync(at(name), text);
  return at(name);
};

async function buildBundle(version: number, out: string): Promise<void> {
  write("policy.yaml", policy(version));
  const given = ["--directory", at("accounts.csv"), "--as-of", "2014-06-01T00:00:00Z"];
  const signing = ["--key", at("keys/private.pem"), "--out", at(out)];
  const built = await ending("bundle", "build", at("policy.yaml"), ...given, ...signing);
  expect([built.code, built.line]).toEqual([0, ""]);
}

interface Gate {
  readonly url: string;
  readonly process: ChildProcess;
  notes(): string;
}

async function serve(...options: readonly string[]): Promise<Gate> {
  const given = [launcher, "gate", "serve", "--config", at("gate.yaml"), ...options];
  const child = spawn(process.execPath, given, { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let notes = "";
  child.stderr.on("data", (chunk) => (notes += String(chunk)));
  let text = "";
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  const { listening } = JSON.parse(text) as { listening: string };
  return { url: listening, process: child, notes: () => notes };
}

async function end({ process: child }: Gate): Promise<number | null> {
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
  return child.exitCode;
}

beforeEach(async () => {
  folder = temporaryFolder();
  write(
    "accounts.csv",
    "account_id,created_at,market,locale\nada,2013-01-01T00:00:00Z,SE,sv\nbo,2013-01-01T00:00:00Z,SE,sv\n",
  );
  write("gate.yaml", config);
  await ending("key", "generate", "--out", at("keys"));
});

describe("`cordon gate serve`", () => {
  test("decides by the service's tokens, takes new bundles up, has the last good one after a restart, and ends in order", async () => {
    const { privateKey, publicKey } = await generateKeyPair("ES256");
    write("jwks.json", JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "k1" }] }));
    const tokenOf = (account: string) =>
      new SignJWT({
        iss: "https://id.example",
        aud: "music",
        sub: account,
        auth_time: 1_400_000_000,
        azp: "17",
      })
        .setProtectedHeader({ alg: "ES256", kid: "k1" })
        .sign(privateKey);
    const tokens = { ada: await tokenOf("ada"), bo: await tokenOf("bo") };
    const ask = async (url: string) => {
      const statuses = [];
      for (const token of [tokens.ada, tokens.bo, "nonsense"]) {
        const response = await fetch(`${url}/auth`, { headers: { authorization: `Bearer ${token}` } });
        statuses.push(response.status);
      }
      return statuses;
    };

    const gate = await serve();
    expect(await ask(gate.url)).toEqual([200, 200, 401]);
    await buildBundle(1, "next.bundle");
    renameSync(at("next.bundle"), at("current.bundle"));
    await expect.poll(() => ask(gate.url), { timeout: 60_000 }).toEqual([401, 200, 401]);
    await expect.poll(() => gate.notes(), { timeout: 60_000 }).toContain("bundle: version 1 is in force");
    expect(await end(gate)).toBe(0);

    renameSync(at("current.bundle"), at("gone.bundle"));
    const again = await serve();
    expect(await ask(again.url)).toEqual([401, 200, 401]);
    expect(await end(again)).toBe(0);
    for (const said of [gate.notes(), again.notes()]) {
      expect(said).not.toMatch(/\bada\b/);
      expect(said).not.toContain(tokens.ada);
    }

    const shadow = await serve("--shadow");
    expect(await ask(shadow.url)).toEqual([200, 200, 200]);
    const status = (await (await fetch(`${shadow.url}/status`)).json()) as object;
    expect(status).toMatchObject({ mode: "shadow", counters: { "shadow.v1.denied": 1, "mode.shadow": 1 } });
    expect(await end(shadow)).toBe(0);
  });

  test("a port in use is one clear line and exit 2", async () => {
    write("jwks.json", '{"keys":[]}');
    const gate = await serve();
    const { port } = new URL(gate.url);
    const taken = await cordon(["gate", "serve", "--config", at("gate.yaml"), "--port", port]);
    expect([taken.code, taken.stdout]).toEqual([2, ""]);
    expect(taken.stderr.trim().split("\n").at(-1)).toBe(
      `127.0.0.1:${port}: the address is in use, expected a free address`,
    );
  });
});

describe("wrong input is one line, FILE:LINE where there is one, and exit 2:", () => {
  const refused = async (text: string, ...options: readonly string[]): Promise<string> => {
    const ended = await ending("gate", "serve", "--config", write("gate.yaml", text), ...options);
    expect([ended.code, ended.stdout]).toEqual([2, ""]);
    return ended.line.replaceAll(`${folder}${path.sep}`, "");
  };

  test.each([
    ["an unknown key", `${config}kyes: []\n`, /^gate\.yaml:11: unknown key `kyes`, expected one of listen, /],
    [
      "an unknown key below",
      config.replace("issuer:", "isuer:"),
      /^gate\.yaml:6: no `issuer`, expected the key `issuer`/,
    ],
    ["no mapping", "- 1\n", /^gate\.yaml:1: no mapping, expected a mapping$/],
    [
      "an address",
      config.replace("127.0.0.1:0", "nowhere"),
      /^gate\.yaml:1: `nowhere` is no address, expected HOST:PORT/,
    ],
    ["a port", config.replace("127.0.0.1:0", "127.0.0.1:65536"), /^gate\.yaml:1: /],
    [
      "a proxy",
      config.replace("traefik", "squid"),
      /^gate\.yaml:2: `squid` is none of them, expected one of nginx/,
    ],
    [
      "two sources",
      config.replace("current.bundle", "a, url: https://b"),
      /^gate\.yaml:3: 2 places of bundles, expected one of/,
    ],
    ["no source", config.replace("file: current.bundle", ""), /^gate\.yaml:3: 0 places of bundles, /],
    [
      "HS256",
      config.replace("[ES256]", "[HS256]"),
      /^gate\.yaml:6: `HS256` is none of them, expected some of RS256/,
    ],
    ["none", config.replace("[ES256]", "none"), /^gate\.yaml:6: `none` is none of them/],
    [
      "a client that YAML reads as a number",
      config.replace("platform: android", "platform: 0x11"),
      /^gate\.yaml:9: `0x11` may be read as a number or as text/,
    ],
    [
      "a header's name",
      config.replace("X-Version", '"X Version"'),
      /^gate\.yaml:10: `X Version` is no header's name/,
    ],
    ["a measure", `${config}whenUncertain: { upgade: allow }\n`, /^gate\.yaml:11: unknown key `upgade`/],
    [
      "an outcome",
      `${config}whenUncertain: { default: perhaps }\n`,
      /^gate\.yaml:11: `perhaps` is none of them, expected one of apply, allow, refuse/,
    ],
    ["a duration", `${config}drain: soon\n`, /^gate\.yaml:11: `soon` is no duration/],
    [
      "Retry-After the wrong way round",
      `${config}retryAfter: { least: 60s }\n`,
      /^gate\.yaml:11: the least is over the most/,
    ],
    [
      "clients without the claim that names them",
      config.replace(", client: azp", ""),
      /^gate\.yaml:7: `clients` without a claim/,
    ],
    [
      "both ways to know people",
      `${config}identityHeaders: { account: X-A }\n`,
      /^gate\.yaml:11: both `token` and `identityHeaders`/,
    ],
    [
      "identity headers from anybody",
      "listen: 0.0.0.0:7411\nidentityHeaders: { account: X-A }\n",
      /^gate\.yaml:2: `identityHeaders` beyond the loopback interface would be believed from anybody, expected `proxySecretFile`/,
    ],
    ["a point's name", `${config}progress: { name: "a b" }\n`, /^gate\.yaml:11: `a b` is no name/],
  ])("%s", async (_says, text, line) => {
    expect(await refused(text)).toMatch(line);
  });

  test("what is missing, and files that are not what they should be", async () => {
    write("jwks.json", '{"keys":[]}');
    const without = (key: string) =>
      config
        .split("\n")
        .filter((line) => !line.startsWith(key))
        .join("\n");
    expect(await refused(without("source"))).toBe("no bundles, expected `source` or --url or --bundle-file");
    expect(await refused(without("state"))).toContain("expected `state` or --state");
    expect(await refused(without("keys"))).toBe("no public key, expected `keys`, `trustRoot` or --key");
    expect(
      await refused(
        ["token", "claims", "clients", '  "17"'].reduce(
          (text, key) =>
            text
              .split("\n")
              .filter((line) => !line.startsWith(key))
              .join("\n"),
          config,
        ),
      ),
    ).toBe("nothing says whose a request is, expected `token` or `identityHeaders`");
    expect(await refused(config, "--threshold", "2")).toContain("a threshold of 2 can't be met by 1 keys");
    expect(await refused(config, "--url", "http://127.0.0.1:9")).toContain("no token of the control plane");
    expect(await refused(config, "--url", "http://127.0.0.1:9", "--bundle-file", "x")).toContain(
      "expected one of them",
    );
    expect(await refused(`${config}progress: { name: edge }\n`)).toContain(
      "progress without a control plane",
    );
    copyFileSync(at("keys/private.pem"), at("wrong.pem"));
    expect(await refused(config.replace("keys/public.pem", "wrong.pem"))).toBe(
      "wrong.pem: no such key, expected an Ed25519 public key (SPKI PEM)",
    );
    expect(await refused(config.replace("keys/public.pem", "gone.pem"))).toContain("gone.pem: no such file");
  });
});

describe("docs/operate/gateways.md", () => {
  const docs = readFileSync(path.join(import.meta.dirname, "../../../docs/operate/gateways.md"), "utf8");

  test("its configuration is one", () => {
    const [first = "", identity = "", uncertain = ""] = [...docs.matchAll(/```yaml\n(.*?)```/gs)].map(
      ([, block = ""]) => block,
    );
    const parsed = (text: string) => {
      const document = parseYamlDocument("gate.yaml", text);
      return document.check((value) => parseGateConfig(value, (place) => document.sourceAt(place)));
    };
    expect(parsed(first)).toMatchObject({
      proxy: "nginx",
      identity: { kind: "token", mapping: { client: ["client_id"] } },
    });
    expect(parsed(identity)).toMatchObject({ identity: { kind: "headers" } });
    expect(parsed(uncertain)).toMatchObject({
      whenUncertain: { default: "apply", upgrade: "allow", refuse_client: "refuse" },
    });
  });

  test("its table names what the configuration takes", () => {
    const table = /\n\| key +\| default +\| says +\|\n(.*?)\n\n/s.exec(docs)?.[1] ?? "";
    const documented = [...table.matchAll(/^\| ([^|]*) \|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, key]) => key ?? ""),
    );
    const document = parseYamlDocument("gate.yaml", "kyes: 1");
    let expected = "";
    try {
      document.check((value) => parseGateConfig(value, (place) => document.sourceAt(place)));
    } catch (error) {
      expected = String(error);
    }
    const taken = expected.slice(expected.indexOf("one of ") + 7).split(", ");
    const described = ["token", "identityHeaders", "claims", "clients", "clientHeaders"];
    expect(new Set([...documented, ...described])).toEqual(new Set(taken));
  });
});
