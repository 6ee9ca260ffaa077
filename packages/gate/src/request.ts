import { clientOf } from "./client.ts";
import { named } from "./fields.ts";
import { GateError, type GatePath } from "./gate-error.ts";
import { storeOfInstaller } from "./installer.ts";
import { parseInstant } from "./instant.ts";
import { ReadRequest } from "./read-request.ts";
import { parseSigningDigest, unreadableDigest } from "./signing-digest.ts";

/** What an enforcement point knows of one request. Null: not known. */
export interface GateRequest {
  readonly account: string | null;
  /** The account's ordinal from a token claim, for bundles built by ordinal. */
  readonly ordinal: number | null;
  /** OIDC `auth_time`, in ms. */
  readonly authTimeMs: number | null;
  readonly passwordSetAtMs: number | null;
  /** When the API key was made that this request carries in place of a session, in ms; null: no API key. */
  readonly apiKeyCreatedAtMs?: number | null;
  /** The `kid` of the key that signed the token. */
  readonly keyId: string | null;
  /** As `cordon gate decide` reads it: `unknown` where nobody says. */
  readonly store: string;
  readonly platform: string | null;
  /** As the client says it; null: not known, which is unreadable. */
  readonly version: string | null;
  readonly offlineEpoch: number;
  /** Null: nothing is known beyond store, platform and version. */
  readonly installation?: Installation | null;
}

/** What is known of an installation besides. It can only tighten what is decided. Null: not known. */
export interface Installation {
  /** Android `longVersionCode`. */
  readonly versionCode: number | null;
  /** iOS `CFBundleVersion`, as the client says it. */
  readonly build: string | null;
  /** The store that the app's installer stands for (`storeOfInstaller`). */
  readonly installerStore: string | null;
  /** Of the certificates that signed the app: SHA-256 in lower-case hex, empty text for one that can't be read. */
  readonly signers: readonly string[] | null;
  /** Play Integrity's `appIntegrity.appRecognitionVerdict`. */
  readonly appRecognitionVerdict: string | null;
  /** Play Integrity's `accountDetails.appLicensingVerdict`. */
  readonly appLicensingVerdict: string | null;
}

/** The store of an installation that nobody knows. */
export const unknownStore = "unknown";

/**
 * Reads a request as contracts 4 writes it. Missing and null parts are filled in as it says; a version or a build of any
 * other type than text is unreadable. Throws a GateError (ERR_GATE_REQUEST) for a time that can't be read and for a part of
 * a wrong type. Other keys are ignored: a request may say more than a gate knows. What
 * comes back is frozen; a copy of it with other parts is decided by those.
 */
export function parseRequest(value: unknown): GateRequest {
  const request = mapping(value, []);
  const client = "client" in request ? mapping(request["client"] ?? {}, ["client"]) : {};
  const version = client["version"];
  const store = text(client, "store", ["client"]) ?? unknownStore;
  const known = clientOf({
    platform: text(client, "platform", ["client"]),
    store,
    version: typeof version === "string" ? version : null,
    installation: installationOf(client, store),
  });
  const own = {
    account: text(request, "account", []),
    ordinal: wholeNumber(request, "ordinal", []),
    authTimeMs: instant(request, "authTime"),
    passwordSetAtMs: instant(request, "passwordSetAt"),
    apiKeyCreatedAtMs: instant(request, "apiKeyCreatedAt"),
    keyId: text(request, "keyId", []),
    offlineEpoch: wholeNumber(request, "offlineEpoch", []) ?? 0,
  };
  return new ReadRequest(own, known);
}

const installationKeys = ["versionCode", "build", "installer", "signers", "integrity"];

/** Null, too, where all that is known is that the installer stands for the store: that adds nothing. */
function installationOf(client: Mapping, store: string): Installation | null {
  if (installationKeys.every((key) => (client[key] ?? null) === null)) return null;
  const path = ["client"];
  const integrity = mapping(client["integrity"] ?? {}, ["client", "integrity"]);
  const integrityPath = ["client", "integrity"];
  const build = client["build"] ?? null;
  const installer = text(client, "installer", path);
  const installation: Installation = {
    versionCode: wholeNumber(client, "versionCode", path),
    // A build that is no text is unreadable, as such a version is: below every build.
    build: build === null || typeof build === "string" ? build : "",
    installerStore: installer === null ? null : storeOfInstaller(installer),
    signers: both(
      digests(client, "signers", path),
      digests(integrity, "certificateSha256Digest", integrityPath),
    ),
    appRecognitionVerdict: text(integrity, "appRecognitionVerdict", integrityPath),
    appLicensingVerdict: text(integrity, "appLicensingVerdict", integrityPath),
  };
  return isSaidAlready(installation, store) ? null : installation;
}

function isSaidAlready(installation: Installation, store: string): boolean {
  const { versionCode, build, installerStore, signers, appRecognitionVerdict, appLicensingVerdict } =
    installation;
  if (installerStore !== store || versionCode !== null || build !== null || signers !== null) return false;
  return appRecognitionVerdict === null && appLicensingVerdict === null;
}

function both(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  if (a === null || b === null) return a ?? b;
  return [...a, ...b];
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapping(value: unknown, path: GatePath): Mapping {
  if (isMapping(value)) return value;
  throw fail(path, `${named(value)} is no JSON object`, "a JSON object");
}

function text(owner: Mapping, key: string, path: GatePath): string | null {
  const value = owner[key] ?? null;
  if (value === null || typeof value === "string") return value;
  throw fail([...path, key], `\`${key}\` is ${named(value)}`, "text");
}

function wholeNumber(owner: Mapping, key: string, path: GatePath): number | null {
  const value = owner[key] ?? null;
  if (value === null) return null;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw fail([...path, key], `\`${key}\` is ${named(value)}`, "a whole number from 0 on");
}

function instant(owner: Mapping, key: string): number | null {
  const value = owner[key] ?? null;
  if (value === null) return null;
  const ms = typeof value === "string" ? parseInstant(value) : null;
  if (ms !== null) return ms;
  throw fail([key], `\`${key}\` is ${named(value)}`, "an RFC 3339 time with `Z`");
}

/** More than any app has: each is compared with each rule's list. */
const digestsMax = 100;

function digests(owner: Mapping, key: string, path: GatePath): readonly string[] | null {
  const value = owner[key] ?? null;
  if (value === null) return null;
  if (!Array.isArray(value)) throw fail([...path, key], `\`${key}\` is ${named(value)}`, "a list of digests");
  if (value.length > digestsMax) {
    throw fail([...path, key], `\`${key}\` has ${value.length} digests`, `at most ${digestsMax}`);
  }
  return value.map((digest: unknown, index) => {
    if (typeof digest === "string") return parseSigningDigest(digest) ?? unreadableDigest;
    throw fail([...path, key, index], `\`${key}\` holds ${named(digest)}`, "a SHA-256 in hex or base64url");
  });
}

function fail(path: GatePath, message: string, expected: string): GateError {
  return new GateError("ERR_GATE_REQUEST", path, message, expected);
}
