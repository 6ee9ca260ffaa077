import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { ending, temporaryFolder, type Ended } from "./command-line.ts";

const policy = (version: number) => `version: ${version}
rules:
  - { id: newpw, measure: change_password, cohort: touched, cutoff: 2014-05-27T12:00:00Z }
cohorts:
  touched: { accounts: [u-3] }
`;

let folder = "";
const at = (...names: readonly string[]): string => path.join(folder, ...names);
const publicKey = (name: string): string => at(name, "public.pem");
const privateKey = (name: string): string => at(name, "private.pem");

async function keys(...names: readonly string[]): Promise<void> {
  for (const name of names) expect((await ending("key", "generate", "--out", at(name))).code).toBe(0);
}

async function build(version: number, key: string, out: string): Promise<void> {
  writeFileSync(at("policy.yaml"), policy(version));
  writeFileSync(
    at("accounts.csv"),
    `account_id\n${Array.from({ length: 200 }, (_, i) => `u-${i}\n`).join("")}`,
  );
  const inputs = [at("policy.yaml"), "--directory", at("accounts.csv"), "--as-of", "2014-05-27T12:00:00Z"];
  const built = await ending("bundle", "build", ...inputs, "--key", privateKey(key), "--out", at(out));
  expect(built).toMatchObject({ code: 0 });
}

const json = (ended: Ended) => JSON.parse(ended.stdout) as Record<string, unknown>;

beforeEach(() => {
  folder = temporaryFolder();
});

describe("cordon trust: the ceremony of 2 of 3", () => {
  const three = (option: string) => ["a", "b", "c"].flatMap((name) => [option, publicKey(name)]);

  beforeEach(async () => {
    await keys("a", "b", "c", "d", "server");
    const begun = await ending(
      ...["trust", "init", ...three("--bundle-key"), "--bundle-threshold", "2", ...three("--root-key")],
      ...["--root-threshold", "2", "--freshness-key", publicKey("server"), "--out", at("1")],
    );
    expect(begun).toMatchObject({ code: 0, line: "" });
  });

  const sign = (root: string, key: string, ...more: readonly string[]) =>
    ending("trust", "sign", at(root), "--key", privateKey(key), ...more);
  const verify = (...args: readonly string[]) => ending("trust", "verify", ...args);

  it("is verified once two have signed, not before", async () => {
    expect((await verify(at("1"))).code).toBe(1);
    expect(await sign("1", "a")).toMatchObject({ code: 0 });
    const one = await verify(at("1"), "--json");
    expect(one).toMatchObject({
      code: 1,
      line: expect.stringContaining("1 of the keys signed it, 2 must have") as string,
    });
    expect(json(one)).toMatchObject({ verified: false });
    await sign("1", "a");
    expect((await verify(at("1"))).code).toBe(1);
    await sign("1", "c");
    const two = await verify(at("1"), "--json");
    expect(two.code).toBe(0);
    expect(json(two)).toMatchObject({
      verified: true,
      version: 1,
      expires: null,
      roles: { bundle: { threshold: 2 }, freshness: { threshold: 1 }, root: { threshold: 2 } },
    });
  });

  it("vouches for a bundle that two of the keys have signed, and for none by one", async () => {
    await sign("1", "a");
    await sign("1", "b");
    await build(7, "a", "bundle");
    expect((await verify(at("1"), "--bundle", at("bundle"))).code).toBe(1);
    await ending("bundle", "sign", at("bundle"), "--key", privateKey("c"));
    expect((await verify(at("1"), "--bundle", at("bundle"))).code).toBe(0);
    const stamp = ["bundle", "stamp", at("bundle"), "--for", "10m", "--now", "2014-05-27T12:00:00Z"];
    await ending(...stamp, "--key", privateKey("server"), "--out", at("freshness"));
    const now = ["--now", "2014-05-27T12:09:59Z"];
    expect((await verify(at("1"), "--stamp", at("freshness"), ...now)).code).toBe(0);
    expect((await verify(at("1"), "--stamp", at("freshness"), "--now", "2014-05-27T12:10:00Z")).code).toBe(1);
    await ending(...stamp, "--key", privateKey("a"), "--out", at("freshness"));
    expect((await verify(at("1"), "--stamp", at("freshness"), ...now)).code).toBe(1);
  });

  it("rotates a lost key away with the two that are left, and refuses one that old or new keys have not signed", async () => {
    await sign("1", "a");
    await sign("1", "b");
    const change = ["--remove-bundle-key", publicKey("b"), "--add-bundle-key", publicKey("d")];
    const roots = ["--remove-root-key", publicKey("b"), "--add-root-key", publicKey("d")];
    const rotated = await ending("trust", "rotate", at("1"), ...change, ...roots, "--out", at("2"));
    expect(rotated).toMatchObject({ code: 0 });
    await sign("2", "d");
    await sign("2", "a");
    expect((await verify(at("1"), at("2"))).code).toBe(1);
    expect((await sign("2", "b")).line).toMatch(/counts for nothing in .*, expected one of its root keys/);
    expect(await sign("2", "b", "--previous", at("1"))).toMatchObject({ code: 0 });
    expect((await verify(at("1"), at("2"))).code).toBe(0);
    expect((await verify(at("1"), at("1"))).code).toBe(1);
    // A bundle by the removed key and one other is vouched for no more.
    await build(7, "a", "bundle");
    await ending("bundle", "sign", at("bundle"), "--key", privateKey("b"));
    expect((await verify(at("1"), "--bundle", at("bundle"))).code).toBe(0);
    expect((await verify(at("1"), at("2"), "--bundle", at("bundle"))).code).toBe(1);
  });

  it("removes a key by its id, when its file is lost", async () => {
    await sign("1", "a");
    await sign("1", "b");
    const { roles } = json(await verify(at("1"), "--json")) as { roles: { bundle: { keys: string[] } } };
    const lost = roles.bundle.keys[0] ?? "";
    const more = ["--bundle-threshold", "1", "--out", at("2")];
    expect(
      await ending("trust", "rotate", at("1"), "--remove-bundle-key", lost.slice(0, 16), ...more),
    ).toMatchObject({ code: 0 });
    const { signed } = JSON.parse(readFileSync(at("2"), "utf8")) as { signed: { bundleKeys: string[] } };
    expect(signed.bundleKeys).toHaveLength(2);
    const unknown = await ending(
      "trust",
      "rotate",
      at("1"),
      "--remove-bundle-key",
      "0".repeat(64),
      "--out",
      at("3"),
    );
    expect(unknown).toMatchObject({ code: 2 });
    expect(existsSync(at("3"))).toBe(false);
  });

  it("overwrites no trust root, and takes no thresholds that can't be met", async () => {
    const again = await ending("trust", "rotate", at("1"), "--out", at("1"));
    expect(again).toMatchObject({ code: 2, line: expect.stringContaining("is there already") as string });
    const many = ["--bundle-key", publicKey("a"), "--bundle-threshold", "2", "--root-key", publicKey("a")];
    expect(await ending("trust", "init", ...many, "--out", at("4"))).toMatchObject({ code: 2 });
    expect(await ending("trust", "init", "--bundle-key", publicKey("a"), "--out", at("4"))).toMatchObject({
      code: 2,
    });
    expect(existsSync(at("4"))).toBe(false);
    writeFileSync(at("none"), "{}\n");
    expect((await verify(at("none"))).code).toBe(2);
  });
});

describe("cordon bundle delta and apply", () => {
  it("give exactly the next bundle", async () => {
    await keys("a");
    await build(1, "a", "one");
    await build(2, "a", "two");
    const made = await ending("bundle", "delta", at("one"), at("two"), "--out", at("delta"), "--json");
    expect(json(made)).toMatchObject({
      bytes: statSync(at("delta")).size,
      resultBytes: statSync(at("two")).size,
    });
    expect((await ending("bundle", "apply", at("one"), at("delta"), "--out", at("out"))).code).toBe(0);
    expect(readFileSync(at("out")).equals(readFileSync(at("two")))).toBe(true);
  });

  it("say no to a delta of another bundle, and write nothing", async () => {
    await keys("a");
    await build(1, "a", "one");
    await build(2, "a", "two");
    await ending("bundle", "delta", at("one"), at("two"), "--out", at("delta"));
    const wrong = await ending("bundle", "apply", at("two"), at("delta"), "--out", at("out"));
    expect(wrong).toMatchObject({
      code: 1,
      line: expect.stringContaining("a delta of another bundle") as string,
    });
    writeFileSync(at("junk"), "junk");
    expect((await ending("bundle", "apply", at("one"), at("junk"), "--out", at("out"))).code).toBe(1);
    expect((await ending("bundle", "delta", at("junk"), at("two"), "--out", at("out"))).code).toBe(2);
    expect((await ending("bundle", "delta", at("one"), at("nothing"), "--out", at("out"))).code).toBe(2);
    expect(existsSync(at("out"))).toBe(false);
  });
});

describe("cordon bundle stamp", () => {
  it("is checked by `bundle verify`: by its key, of this bundle, not expired", async () => {
    await keys("a", "server");
    await build(1, "a", "one");
    await build(2, "a", "two");
    const now = (time: string) => ["--now", `2014-05-27T12:${time}:00Z`];
    const stamp = ["bundle", "stamp", at("two"), "--key", privateKey("server"), "--for", "10m", ...now("00")];
    expect(json(await ending(...stamp, "--out", at("freshness"), "--json"))).toMatchObject({
      version: 2,
      expiresAt: "2014-05-27T12:10:00.000Z",
    });
    const verify = (bundle: string, ...more: readonly string[]) =>
      ending("bundle", "verify", at(bundle), "--key", publicKey("a"), "--stamp", at("freshness"), ...more);
    const by = ["--stamp-key", publicKey("server")];
    expect((await verify("two", ...by, ...now("05"))).code).toBe(0);
    expect((await verify("one", ...by, ...now("05"))).line).toMatch(/the newest bundle is version 2/);
    expect((await verify("two", ...by, ...now("10"))).code).toBe(1);
    expect((await verify("two", "--stamp-key", publicKey("a"), ...now("05"))).code).toBe(1);
    expect((await verify("two")).code).toBe(2);
    expect((await ending(...stamp.slice(0, -4), "--for", "soon", "--out", at("x"))).code).toBe(2);
  });
});

describe("cordon bundle encrypt", () => {
  it("encrypts to every recipient, whose identity rests with mode 0600", async () => {
    await keys("a");
    await build(1, "a", "one");
    const made = await ending("key", "generate", "--age", "--out", at("point"), "--json");
    const { recipient } = json(made) as { recipient: string };
    expect(recipient).toMatch(/^age1/);
    expect(statSync(at("point", "identity.txt")).mode & 0o777).toBe(0o600);
    const identity =
      /^AGE-SECRET-KEY-1.*$/m.exec(readFileSync(at("point", "identity.txt"), "utf8"))?.[0] ?? "";
    expect((await ending("key", "generate", "--age", "--out", at("point"))).code).toBe(2);
    const encrypted = await ending(
      "bundle",
      "encrypt",
      at("one"),
      "--recipient",
      recipient,
      "--out",
      at("public"),
    );
    expect(encrypted.code).toBe(0);
    const { Decrypter } = await import("age-encryption");
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(
      Buffer.from(await decrypter.decrypt(readFileSync(at("public")))).equals(readFileSync(at("one"))),
    ).toBe(true);
  });

  it("takes neither a recipient that is none nor a file that is no bundle", async () => {
    await keys("a");
    await build(1, "a", "one");
    expect(
      (await ending("bundle", "encrypt", at("one"), "--recipient", "age1x", "--out", at("x"))).code,
    ).toBe(2);
    expect(
      (await ending("bundle", "encrypt", at("accounts.csv"), "--recipient", "age1x", "--out", at("x"))).code,
    ).toBe(2);
    expect((await ending("bundle", "encrypt", at("one"), "--out", at("x"))).code).toBe(2);
    expect(existsSync(at("x"))).toBe(false);
  });
});
