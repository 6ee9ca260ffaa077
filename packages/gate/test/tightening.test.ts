import { describe, expect, it } from "vitest";
import { decide, measures, parseRequest, parseSigningDigest, storeOfInstaller } from "../src/index.ts";
import { generatePolicy, generateRequest, generateTightening, nearMs, Random } from "@cordon/testkit";
import type { PlainClient, PlainRule } from "@cordon/testkit";
import { compiled, decided, deciding, directives } from "./written-policy.ts";

const cutoff = "2014-05-27T12:00:00Z";
const play = { available: "2014-05-27T10:00:00Z", link: "https://play.example" };
const hex = "ab".repeat(32);
const otherHex = "cd".repeat(32);
const base64url = Buffer.from(hex, "hex").toString("base64url");

describe("what is known of an installation besides contracts 4", () => {
  it("never turns a deny into an allow, and takes no directive away", () => {
    const random = new Random(17);
    let tightened = 0;
    for (let run = 0; run < 2000; run++) {
      const { rules, members, accounts } = generatePolicy(random);
      const policy = compiled(rules, { cohorts: members });
      for (let i = 0; i < 10; i++) {
        const plain = generateRequest(random, accounts, random.chance(30));
        const more = generateTightening(random);
        const nowMs = nearMs(random);
        const without = decide(policy, parseRequest(plain), nowMs);
        // Only what was not there is added: another value in its place is another installation.
        const client: PlainClient = { ...more, ...plain.client };
        const tight = decide(policy, parseRequest({ ...plain, client }), nowMs);
        if (!without.allow) expect(tight.allow, JSON.stringify({ rules, plain, more, nowMs })).toBe(false);
        for (const measure of measures) {
          const first = without.directives.find((directive) => directive.measure === measure);
          const second = tight.directives.find((directive) => directive.measure === measure);
          if (first !== undefined) expect(second?.required).toBe(first.required || second?.required);
          if (first !== undefined) expect(second).toBeDefined();
        }
        tightened += Number(JSON.stringify(without) !== JSON.stringify(tight));
      }
    }
    // It says something only while the inputs do something.
    expect(tightened).toBeGreaterThan(1000);
  });

  it("counts an installation with a versionCode under belowCode as below, whatever its version says", () => {
    const rule: PlainRule = { id: "u", measure: "upgrade", below: "1.1.0", belowCode: 110 };
    const with_ = (client: PlainClient): readonly string[] => deciding([rule], { client });
    expect(with_({ version: "9.9", versionCode: 109 })).toEqual(["u"]);
    expect(with_({ version: "9.9", versionCode: 110 })).toEqual([]);
    expect(with_({ version: "9.9" })).toEqual([]);
    expect(with_({ version: "1.0", versionCode: 2_000_000_000 })).toEqual(["u"]);
  });

  it("counts an installation with a build under belowBuild as below, an unreadable build too", () => {
    const rule: PlainRule = { id: "u", measure: "upgrade", below: "1.1.0", belowBuild: "2014.6.1" };
    const with_ = (build: unknown): readonly string[] =>
      deciding([rule], { client: { version: "9.9", build } });
    expect(["2014.6", "2014.5.30", "", "build 7", 2015].map(with_)).toEqual(new Array(5).fill(["u"]));
    expect(["2014.6.1", "2014.10", "2015", null, undefined].map(with_)).toEqual(new Array(5).fill([]));
  });

  it("knows the stores' installers; one that is not known is a store of its own name", () => {
    expect(
      [
        "com.android.vending",
        "com.amazon.venezia",
        "com.sec.android.app.samsungapps",
        "com.google.android.packageinstaller",
        "",
        "com.example.market",
      ].map(storeOfInstaller),
    ).toEqual([
      "google-play",
      "amazon-appstore",
      "samsung-galaxy-store",
      "website",
      "website",
      "com.example.market",
    ]);
  });

  it("refuses a client whose installer is of an untrusted store, whatever store it names", () => {
    const rule: PlainRule = { id: "c", measure: "refuse_client", trusted: ["google-play"] };
    const with_ = (client: PlainClient): boolean => decided([rule], { client }).allow;
    expect(with_({ store: "google-play", installer: "com.android.vending" })).toBe(true);
    expect(with_({ store: "google-play", installer: "com.amazon.venezia" })).toBe(false);
    expect(with_({ store: "google-play", installer: "" })).toBe(false);
    expect(with_({ store: "google-play", installer: null })).toBe(true);
    // An installer vouches for nothing: a store that nobody names stays unknown.
    expect(with_({ installer: "com.android.vending" })).toBe(false);
  });

  it("asks a client whose store and installer differ as if it came from both", () => {
    const client = {
      platform: "android",
      store: "website",
      installer: "com.android.vending",
      version: "1.0",
    };
    const inPlay: PlainRule = { id: "r", measure: "reauthenticate", cutoff, where: { store: "google-play" } };
    expect(deciding([inPlay], { client })).toEqual(["r"]);
    expect(deciding([inPlay], { client: { ...client, installer: "" } })).toEqual([]);
    const upgrade: PlainRule = { id: "u", measure: "upgrade", below: "2", required: cutoff };
    const stores = { "google-play": play };
    expect(directives([{ ...upgrade, stores }], { client })).toEqual([
      { measure: "upgrade", rule: "u", required: true, link: "https://play.example" },
    ]);
    // Its own store's release counts first.
    const both = { ...stores, website: { ...play, link: "https://web.example" } };
    expect(directives([{ ...upgrade, stores: both }], { client })[0]).toMatchObject({
      link: "https://web.example",
    });
  });

  it("refuses a client that is signed by another certificate than its store's", () => {
    const signers = { "google-play": [hex], "amazon-appstore": [otherHex] };
    const trusted = ["google-play", "amazon-appstore", "website"];
    const rule: PlainRule = { id: "c", measure: "refuse_client", trusted, signers };
    const with_ = (client: PlainClient): boolean => decided([rule], { client }).allow;
    expect(with_({ store: "google-play", signers: [base64url] })).toBe(true);
    expect(with_({ store: "google-play", signers: [otherHex] })).toBe(false);
    expect(with_({ store: "amazon-appstore", signers: [otherHex.toUpperCase()] })).toBe(true);
    expect(with_({ store: "google-play", signers: [hex, otherHex] })).toBe(false);
    expect(with_({ store: "google-play", signers: ["?"] })).toBe(false);
    expect(with_({ store: "google-play", integrity: { certificateSha256Digest: [otherHex] } })).toBe(false);
    // Nothing is known, or nothing is asked of this store.
    expect(with_({ store: "google-play", signers: [] })).toBe(true);
    expect(with_({ store: "google-play" })).toBe(true);
    expect(with_({ store: "website", signers: [otherHex] })).toBe(true);
    // From both stores at once no certificate is right.
    expect(with_({ store: "google-play", installer: "com.amazon.venezia", signers: [hex] })).toBe(false);
  });

  it("refuses a client with a Play Integrity verdict that its store's entry does not accept", () => {
    const integrity = {
      "google-play": {
        appRecognitionVerdict: "PLAY_RECOGNIZED",
        appLicensingVerdict: ["LICENSED", "UNEVALUATED"],
      },
    };
    const trusted = ["google-play", "amazon-appstore"];
    const rule: PlainRule = { id: "c", measure: "refuse_client", trusted, integrity };
    const with_ = (given: PlainClient["integrity"] & object, store = "google-play"): boolean =>
      decided([rule], { client: { store, integrity: given } }).allow;
    expect(with_({ appRecognitionVerdict: "PLAY_RECOGNIZED", appLicensingVerdict: "UNEVALUATED" })).toBe(
      true,
    );
    expect(with_({ appRecognitionVerdict: "UNRECOGNIZED_VERSION" })).toBe(false);
    expect(with_({ appRecognitionVerdict: "PLAY_RECOGNIZED", appLicensingVerdict: "UNLICENSED" })).toBe(
      false,
    );
    expect(with_({})).toBe(true);
    // Installations from Amazon fail Play's checks by construction.
    expect(with_({ appRecognitionVerdict: "UNRECOGNIZED_VERSION" }, "amazon-appstore")).toBe(true);
  });

  it("reads a SHA-256 as hex, with colons or without, and as base64 in both alphabets", () => {
    const bytes = Buffer.from(Array.from({ length: 32 }, (_, i) => 255 - 3 * i));
    const plain = bytes.toString("hex");
    const readable = [
      plain,
      plain.toUpperCase(),
      plain.match(/../g)?.join(":") ?? "",
      bytes.toString("base64"),
      bytes.toString("base64url"),
      `${bytes.toString("base64url")}=`,
    ];
    for (const text of readable) expect(parseSigningDigest(text), text).toBe(plain);
    const unreadable = [
      "",
      plain.slice(1),
      `${plain}0`,
      plain.replace("f", "g"),
      plain.match(/../g)?.join("-") ?? "",
      // Two bits that are over, and are not zero.
      `${bytes.toString("base64url").slice(0, -1)}B`,
      `${bytes.toString("base64url")}==`,
      bytes.toString("base64url").replace(/^./, "*"),
    ];
    for (const text of unreadable) expect(parseSigningDigest(text), text).toBeNull();
  });
});

describe("an API key", () => {
  const signIn: PlainRule = { id: "r", measure: "reauthenticate", cutoff };
  const password: PlainRule = { id: "p", measure: "change_password", cutoff };
  const keys: PlainRule = { id: "k", measure: "reauthenticate", keys: ["k1"] };

  it("is reached by a reauthenticate rule by the time it was made, in place of authTime", () => {
    expect(deciding([signIn], { apiKeyCreatedAt: "2014-05-27T11:59:59.999Z" })).toEqual(["r"]);
    expect(deciding([signIn], { apiKeyCreatedAt: cutoff })).toEqual([]);
    expect(deciding([signIn], { apiKeyCreatedAt: cutoff, authTime: "2014-01-01T00:00:00Z" })).toEqual([]);
    expect(deciding([signIn], { apiKeyCreatedAt: "2014-01-01T00:00:00Z", authTime: cutoff })).toEqual(["r"]);
  });

  it("whose time is null is no API key: authTime counts", () => {
    expect(deciding([signIn], { apiKeyCreatedAt: null, authTime: cutoff })).toEqual([]);
    expect(deciding([signIn], { apiKeyCreatedAt: null })).toEqual(["r"]);
    // Its time is there, so it is not missing.
    const ignoring = { ...signIn, onMissing: "ignore" };
    expect(deciding([ignoring], { apiKeyCreatedAt: "2014-01-01T00:00:00Z" })).toEqual(["r"]);
  });

  it("is reached by keys only by its keyId, and by change_password by passwordSetAt as ever", () => {
    expect(deciding([keys], { apiKeyCreatedAt: cutoff, keyId: "k1" })).toEqual(["k"]);
    expect(deciding([keys], { apiKeyCreatedAt: cutoff })).toEqual([]);
    expect(deciding([password], { apiKeyCreatedAt: cutoff, passwordSetAt: "2013-01-01T00:00:00Z" })).toEqual([
      "p",
    ]);
    expect(deciding([password], { apiKeyCreatedAt: "2013-01-01T00:00:00Z", passwordSetAt: cutoff })).toEqual(
      [],
    );
    expect(deciding([password], { apiKeyCreatedAt: cutoff })).toEqual(["p"]);
    expect(deciding([{ ...password, onMissing: "ignore" }], { apiKeyCreatedAt: cutoff })).toEqual([]);
  });
});
