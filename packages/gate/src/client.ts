import type { Installation } from "./request.ts";

/** So many clients are known; in the field there are fewer, and a flood of made-up ones must not fill the memory. */
const clientsMax = 4096;
/** Of one version: they are compared one by one. */
const clientsOfVersionMax = 64;
/** A client with a longer text, or more signers, is never known. */
const textLengthMax = 64;
const signersMax = 4;

interface ClientParts {
  readonly platform: string | null;
  readonly store: string;
  readonly version: string | null;
  readonly installation?: Installation | null;
}

/** A client's parts, one object for all requests that name the same ones. */
export interface Client extends Required<ClientParts> {
  /** Below `clientsMax`, where to find what is known of it; −1: each request has an object of its own. */
  readonly slot: number;
}

/** Nothing but a memo: what is decided does not depend on it. */
const byVersion = new Map<string, Client[]>();
let known = 0;

/** The client of these parts. */
export function clientOf(parts: ClientParts): Client {
  const { platform, store, version, installation = null } = parts;
  const alike = byVersion.get(version ?? "") ?? [];
  for (const client of alike) if (isClientOf(client, parts)) return client;
  const isKept = alike.length < clientsOfVersionMax && isShort(parts);
  if (!isKept) return { platform, store, version, installation, slot: -1 };
  if (known >= clientsMax) {
    byVersion.clear();
    alike.length = 0;
    known = 0;
  }
  const client: Client = {
    platform,
    store,
    version,
    installation: installation === null ? null : kept(installation),
    slot: known++,
  };
  alike.push(client);
  byVersion.set(version ?? "", alike);
  return client;
}

/** Of its own and frozen, since what is known of a client holds only while its parts do. */
function kept({ signers, ...rest }: Installation): Installation {
  return Object.freeze({ ...rest, signers: signers === null ? null : Object.freeze([...signers]) });
}

/** Whether it is the client of these parts. */
function isClientOf(client: Client, { platform, store, version, installation }: ClientParts): boolean {
  return (
    client.version === version &&
    client.platform === platform &&
    client.store === store &&
    isSameInstallation(client.installation, installation ?? null)
  );
}

function isSameInstallation(a: Installation | null, b: Installation | null): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  return (
    a.versionCode === b.versionCode &&
    a.build === b.build &&
    a.installerStore === b.installerStore &&
    a.appRecognitionVerdict === b.appRecognitionVerdict &&
    a.appLicensingVerdict === b.appLicensingVerdict &&
    areSame(a.signers, b.signers)
  );
}

function areSame(a: readonly string[] | null, b: readonly string[] | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

function isShort({ platform, store, version, installation = null }: ClientParts): boolean {
  if (isLong(platform) || isLong(store) || isLong(version)) return false;
  if (installation === null) return true;
  const { build, installerStore, signers, appRecognitionVerdict, appLicensingVerdict } = installation;
  if (signers !== null && (signers.length > signersMax || signers.some(isLong))) return false;
  return ![build, installerStore, appRecognitionVerdict, appLicensingVerdict].some(isLong);
}

function isLong(text: string | null): boolean {
  return text !== null && text.length > textLengthMax;
}
