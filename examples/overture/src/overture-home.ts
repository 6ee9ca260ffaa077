import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { OvertureError } from "./errors.ts";
import { parseSigningKeys, newSigningKeys } from "./identity/signing-keys.ts";
import type { SigningKeys } from "./identity/signing-keys.ts";

/** What the instances of one Overture share: one database and one set of keys in one folder. */
export interface OvertureHome {
  readonly folder: string;
  readonly databaseFile: string;
  /** The library's index; the music itself lies where the operator keeps it. */
  readonly libraryFile: string;
  readonly coverFolder: string;
  /** Music that Overture composes itself. */
  readonly demoMusicFolder: string;
  readonly mailFolder: string;
  readonly logFolder: string;
  readonly bundleFolder: string;
  readonly signingKeys: SigningKeys;
  /** Overture's release key. A build carries a statement signed by it; only the release process needs the private half. */
  readonly releasePrivateKey: KeyObject;
  readonly releasePublicKey: KeyObject;
  readonly cookieSecret: string;
  readonly adminToken: string;
  /** What the keys of offline copies are made of: who has it can open all of them. */
  readonly offlineSecret: string;
}

/**
 * The file's text; made by `make` with mode 0600 when there is none yet. Several instances may start at once on an
 * empty folder: the first `link` wins and all read its text, and nobody ever reads half a file.
 */
function readOrCreate(file: string, make: () => string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (!isMissing(error))
      throw new OvertureError("ERR_OVERTURE_HOME", `\`${file}\` can't be read`, { cause: error });
  }
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  writeFileSync(draft, make(), { mode: 0o600, flag: "wx" });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    unlinkSync(draft);
  }
  return readFileSync(file, "utf8");
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function privateKeyPem(): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/**
 * Opens Overture's folder, making what is missing (folder mode 0700, keys and tokens 0600). Throws an OvertureError
 * when a file in it can't be read or is damaged.
 */
export function openOvertureHome(folder: string): OvertureHome {
  const keys = join(folder, "keys");
  const logFolder = join(folder, "log");
  const bundleFolder = join(folder, "bundle");
  for (const each of [folder, keys, logFolder, bundleFolder])
    mkdirSync(each, { recursive: true, mode: 0o700 });
  chmodSync(keys, 0o700);
  const releasePem = readOrCreate(join(keys, "release.private.pem"), privateKeyPem);
  const releasePrivateKey = createPrivateKey(releasePem);
  return {
    folder,
    databaseFile: join(folder, "overture.sqlite"),
    libraryFile: join(folder, "library.sqlite"),
    coverFolder: join(folder, "covers"),
    demoMusicFolder: join(folder, "music"),
    mailFolder: join(folder, "mail"),
    logFolder,
    bundleFolder,
    signingKeys: parseSigningKeys(readOrCreate(join(keys, "signing.json"), newSigningKeys)),
    releasePrivateKey,
    releasePublicKey: createPublicKey(releasePrivateKey),
    cookieSecret: readOrCreate(join(keys, "cookie.secret"), () => randomBytes(32).toString("base64url")),
    adminToken: readOrCreate(join(keys, "admin.token"), () => randomBytes(32).toString("base64url")).trim(),
    offlineSecret: readOrCreate(join(keys, "offline.secret"), () => randomBytes(32).toString("base64url")),
  };
}
