import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { bundleBytesMaxDefault } from "@cordon/enforcement";
import { parseDuration } from "@cordon/model";

import { drillPasswordCost, servicePasswordCost } from "./accounts/password-hash.ts";
import type { PasswordCost } from "./accounts/password-hash.ts";
import { OvertureError } from "./errors.ts";
import { defaultIssuer } from "./identity/token-claims.ts";

/** What an operator may say about one instance, read from the command line and the environment. */
interface InstanceOptions {
  readonly homeFolder: string;
  readonly instance: string;
  readonly port: number;
  readonly issuer: string;
  readonly webRedirectUris: readonly string[];
  readonly publicOrigin: string | null;
  readonly behindProxy: boolean;
  readonly musicFolders: readonly string[];
  readonly demoMusic: boolean;
  readonly isGuarded: boolean;
  readonly advisoryUrl: string | null;
  readonly controlPlaneUrl: string;
  readonly controlPlaneToken: string;
  readonly bundleKeys: readonly string[];
  readonly bundleThreshold: number;
  readonly bundleBytesMax: number;
  readonly beforeFirstBundle: "allow" | "refuse";
  readonly withoutPlatform: "refuse" | "allow";
  readonly passwordCost: PasswordCost;
  readonly accessTokenMs: number;
  readonly refreshTokenMs: number;
  readonly pollMs: number;
  readonly lookAgainSpreadMs: number;
  /** Where the incident is replayed for those who ask; null: nowhere. */
  readonly replayAt: { readonly url: string; readonly token: string } | null;
}

export const usage = `node examples/overture/src/main.ts --home DIR --cordon URL --cordon-token-file FILE --cordon-key PUBLIC.pem

  --home DIR                 what the instances of one Overture share (or OVERTURE_HOME)
  --instance NAME            names this one: its log is DIR/log/NAME.jsonl (default "overture")
  --port N                   default 0: a free one, printed as {"listening":"http://127.0.0.1:N"}
  --cordon URL               the control plane (or CORDON_URL)
  --cordon-token-file FILE   its enforcement token (or CORDON_TOKEN)
  --cordon-key PUBLIC.pem    verifies bundles; several times with --threshold N
  --before-first-bundle allow|refuse      default allow
  --without-platform refuse|allow         default refuse
  --passwords drill|service  cost of argon2id for new passwords, default service
  --issuer URL               default ${defaultIssuer}
  --web-redirect-uri URL     where the web client may be sent back to, besides the player itself; several times
  --music DIR                a folder of music; several times
  --demo-music               composes some music in the background, into the service's own folder
  --origin URL               where browsers reach the service, default http://127.0.0.1:PORT
  --behind-proxy             the last entry of X-Forwarded-For says whose request it is
  --without-gate             the gate is not asked about requests, to measure what asking costs
  --advisory URL             the public page about an incident
  --replay URL               replays the incident for those who ask (its token: OVERTURE_REPLAY_TOKEN)
  --access-token 10m  --refresh-token 60d  --poll 30s  --look-again-spread-ms 200
`;

const spec = {
  home: { type: "string" },
  instance: { type: "string", default: "overture" },
  port: { type: "string", default: "0" },
  issuer: { type: "string", default: defaultIssuer },
  "web-redirect-uri": { type: "string", multiple: true },
  music: { type: "string", multiple: true },
  "demo-music": { type: "boolean", default: false },
  origin: { type: "string" },
  "behind-proxy": { type: "boolean", default: false },
  "without-gate": { type: "boolean", default: false },
  advisory: { type: "string" },
  replay: { type: "string" },
  cordon: { type: "string" },
  "cordon-token-file": { type: "string" },
  "cordon-key": { type: "string", multiple: true },
  threshold: { type: "string", default: "1" },
  "before-first-bundle": { type: "string", default: "allow" },
  "without-platform": { type: "string", default: "refuse" },
  passwords: { type: "string", default: "service" },
  "access-token": { type: "string", default: "10m" },
  "refresh-token": { type: "string", default: "60d" },
  poll: { type: "string", default: "30s" },
  "look-again-spread-ms": { type: "string", default: "200" },
} as const;

function wrong(what: string, expected: string): OvertureError {
  return new OvertureError("ERR_OVERTURE_OPTION", `${what}, expected ${expected}`);
}

function given(value: string | undefined, option: string): string {
  if (value === undefined || value === "") throw wrong(`no \`${option}\``, "a value");
  return value;
}

function oneOf<const Choice extends string>(
  value: string,
  option: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw wrong(`\`${option}\` is \`${value}\``, choices.join(" or "));
  return choice;
}

function wholeNumber(value: string, option: string, least: number, most: number): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most))
    throw wrong(`\`${option}\` is \`${value}\``, `a whole number from ${least} to ${most}`);
  return number;
}

function duration(value: string, option: string): number {
  const ms = parseDuration(value);
  if (ms === null || ms === 0)
    throw wrong(`\`${option}\` is \`${value}\``, "a whole number and s, m, h or d");
  return ms;
}

function httpUrl(value: string, option: string): URL {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw wrong(`\`${option}\` is \`${value}\``, "an http or https URL");
  return url;
}

function originOf(value: string, option: string): string {
  const url = httpUrl(value, option);
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
    throw wrong(`\`${option}\` is \`${value}\``, "a URL without path");
  return url.origin;
}

function folder(value: string, option: string): string {
  if (statSync(value, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw wrong(`\`${option}\` is \`${value}\``, "a folder");
  return resolve(value);
}

function text(file: string, option: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new OvertureError("ERR_OVERTURE_OPTION", `\`${option}\`: \`${file}\` can't be read`, { cause });
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: spec, allowPositionals: false }).values;
  } catch (cause) {
    const what = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new OvertureError("ERR_OVERTURE_OPTION", what ?? "wrong options", { cause });
  }
}

/** Throws an OvertureError (ERR_OVERTURE_OPTION) for anything it does not understand. */
export function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): InstanceOptions {
  const values = parse(args);
  const tokenFile = values["cordon-token-file"];
  const token =
    tokenFile === undefined ? environment["CORDON_TOKEN"] : text(tokenFile, "--cordon-token-file");
  const instance = values.instance;
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(instance))
    throw wrong(`\`--instance\` is \`${instance}\``, "letters, digits, `.`, `_`, `-`");
  const controlPlaneUrl = given(values.cordon ?? environment["CORDON_URL"], "--cordon");
  if (!URL.canParse(controlPlaneUrl)) throw wrong(`\`--cordon\` is \`${controlPlaneUrl}\``, "a URL");
  const cost = { drill: drillPasswordCost, service: servicePasswordCost };
  return {
    homeFolder: given(values.home ?? environment["OVERTURE_HOME"], "--home"),
    instance,
    port: wholeNumber(values.port, "--port", 0, 65_535),
    issuer: values.issuer,
    webRedirectUris: values["web-redirect-uri"] ?? [`${defaultIssuer}/callback`],
    publicOrigin: values.origin === undefined ? null : originOf(values.origin, "--origin"),
    behindProxy: values["behind-proxy"],
    musicFolders: (values.music ?? []).map((each) => folder(each, "--music")),
    demoMusic: values["demo-music"],
    isGuarded: !values["without-gate"],
    advisoryUrl: values.advisory === undefined ? null : httpUrl(values.advisory, "--advisory").href,
    controlPlaneUrl,
    controlPlaneToken: given(token, "--cordon-token-file").trim(),
    bundleKeys: (values["cordon-key"] ?? []).map((file) => text(file, "--cordon-key")),
    bundleThreshold: wholeNumber(values.threshold, "--threshold", 1, 255),
    bundleBytesMax: bundleBytesMaxDefault,
    beforeFirstBundle: oneOf(values["before-first-bundle"], "--before-first-bundle", ["allow", "refuse"]),
    withoutPlatform: oneOf(values["without-platform"], "--without-platform", ["refuse", "allow"]),
    passwordCost: cost[oneOf(values.passwords, "--passwords", ["drill", "service"])],
    accessTokenMs: duration(values["access-token"], "--access-token"),
    refreshTokenMs: duration(values["refresh-token"], "--refresh-token"),
    pollMs: duration(values.poll, "--poll"),
    lookAgainSpreadMs: wholeNumber(values["look-again-spread-ms"], "--look-again-spread-ms", 0, 60_000),
    replayAt:
      values.replay === undefined
        ? null
        : {
            url: httpUrl(values.replay, "--replay").href,
            token: given(environment["OVERTURE_REPLAY_TOKEN"], "OVERTURE_REPLAY_TOKEN"),
          },
  };
}
