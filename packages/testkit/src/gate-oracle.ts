/**
 * Contracts 4, sentence by sentence and without a thought for speed: all rules that apply, sorted by rank. It reads policies
 * and requests as they are written and shares no code with the gate, not even the reading of times, versions and waves.
 */
export interface PlainRule {
  readonly id: string;
  readonly measure: string;
  readonly cohort?: string;
  readonly where?: {
    readonly platform?: string | readonly string[];
    readonly store?: string | readonly string[];
  };
  readonly cutoff?: string;
  readonly keys?: readonly string[];
  readonly onMissing?: string;
  readonly because?: string;
  readonly rollout?: { readonly from: string; readonly over: string; readonly waves: number };
  readonly below?: string;
  readonly belowCode?: number;
  readonly belowBuild?: string;
  readonly required?: string;
  readonly stores?: Readonly<Record<string, { readonly available?: string; readonly link?: string }>>;
  readonly epoch?: number;
  readonly from?: string;
  readonly trusted?: readonly string[];
  readonly signers?: Readonly<Record<string, readonly string[]>>;
  readonly integrity?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface PlainClient {
  readonly platform?: string | null;
  readonly store?: string | null;
  readonly version?: unknown;
  readonly versionCode?: number | null;
  readonly build?: unknown;
  readonly installer?: string | null;
  readonly signers?: readonly string[] | null;
  readonly integrity?: {
    readonly appRecognitionVerdict?: string | null;
    readonly appLicensingVerdict?: string | null;
    readonly certificateSha256Digest?: readonly string[] | null;
  } | null;
}

export interface PlainRequest {
  readonly account?: string | null;
  readonly authTime?: string | null;
  readonly passwordSetAt?: string | null;
  readonly apiKeyCreatedAt?: string | null;
  readonly keyId?: string | null;
  readonly client?: PlainClient | null;
  readonly offlineEpoch?: number | null;
}

const before = -1;

/** `nowMs` is a whole number of milliseconds since the epoch. Members of cohorts are account ids. */
export function oracle(
  rules: readonly PlainRule[],
  cohorts: Readonly<Record<string, readonly string[]>>,
  request: PlainRequest,
  nowMs: number,
): unknown {
  const account = request.account ?? null;
  const client = request.client ?? {};
  const platform = client.platform ?? null;
  const stores = storesOf(client);
  const offlineEpoch = request.offlineEpoch ?? 0;
  const reached = (time: string | undefined): boolean => time !== undefined && nowMs >= Date.parse(time);

  const inCohort = (name: string): boolean =>
    account !== null && (name === "everyone" || (cohorts[name] ?? []).includes(account));
  const oneOf = (values: readonly string[], listed: string | readonly string[]): boolean =>
    values.some((value) => [listed].flat().includes(value));
  const isFor = (rule: PlainRule): boolean =>
    (rule.cohort === undefined || inCohort(rule.cohort)) &&
    (rule.where?.platform === undefined || oneOf(platform === null ? [] : [platform], rule.where.platform)) &&
    (rule.where?.store === undefined || oneOf(stores, rule.where.store));
  const isOpen = ({ id, rollout }: PlainRule): boolean => {
    if (rollout === undefined) return true;
    const wave = account === null ? 0n : oracleWave(id, account, rollout.waves);
    const elapsed = BigInt(nowMs - Date.parse(rollout.from));
    return elapsed * BigInt(rollout.waves) >= wave * BigInt(durationMs(rollout.over));
  };
  const cutoffApplies = (rule: PlainRule, time: string | null | undefined): boolean => {
    if (rule.keys !== undefined)
      return typeof request.keyId === "string" && rule.keys.includes(request.keyId);
    if (rule.cutoff === undefined || !reached(rule.cutoff)) return false;
    if (time === null || time === undefined) return rule.onMissing !== "ignore";
    return Date.parse(time) < Date.parse(rule.cutoff);
  };
  // A client whose store and installer differ is asked as if it came from both: the release of its own store counts first.
  const releaseOf = (rule: PlainRule): { readonly link?: string } | undefined =>
    stores
      .flatMap((store) => (Object.hasOwn(rule.stores ?? {}, store) ? [rule.stores?.[store]] : []))
      .find((release) => reached(release?.available));
  const isRequired = (rule: PlainRule): boolean => reached(rule.required) && releaseOf(rule) !== undefined;
  const isBelow = (rule: PlainRule): boolean =>
    orderOf(client.version, rule.below) === before ||
    (rule.belowCode !== undefined &&
      typeof client.versionCode === "number" &&
      client.versionCode < rule.belowCode) ||
    (rule.belowBuild !== undefined &&
      client.build !== undefined &&
      client.build !== null &&
      orderOf(client.build, rule.belowBuild) === before);

  const applying = (measure: string, applies: (rule: PlainRule) => boolean): PlainRule[] =>
    rules.filter((rule) => rule.measure === measure && isFor(rule) && isOpen(rule) && applies(rule));
  // Array sorts are stable: ties stay in the policy's order.
  const byCutoff = (a: PlainRule, b: PlainRule): number =>
    a.keys || b.keys
      ? Number(b.keys !== undefined) - Number(a.keys !== undefined)
      : Date.parse(b.cutoff ?? "") - Date.parse(a.cutoff ?? "");

  const directives: Record<string, unknown>[] = [];
  const push = (rule: PlainRule | undefined, more: Record<string, unknown> = { required: true }): void => {
    if (rule !== undefined) directives.push({ measure: rule.measure, rule: rule.id, ...more });
  };
  push(applying("refuse_client", (rule) => stores.some((store) => isRefused(rule, store, client)))[0]);
  const authenticated = request.apiKeyCreatedAt ?? request.authTime;
  push(applying("reauthenticate", (rule) => cutoffApplies(rule, authenticated)).sort(byCutoff)[0]);
  push(applying("change_password", (rule) => cutoffApplies(rule, request.passwordSetAt)).sort(byCutoff)[0]);
  const upgrade = applying("upgrade", isBelow).sort(
    (a, b) => Number(isRequired(b)) - Number(isRequired(a)) || orderOf(b.below, a.below),
  )[0];
  if (upgrade !== undefined) {
    const release = releaseOf(upgrade);
    push(upgrade, {
      required: isRequired(upgrade),
      ...(release === undefined
        ? { available: false }
        : release.link === undefined
          ? {}
          : { link: release.link }),
    });
  }
  push(
    applying(
      "redownload",
      (rule) =>
        offlineEpoch < (rule.epoch ?? 0) &&
        (rule.from === undefined || orderOf(client.version, rule.from) !== before),
    ).sort((a, b) => (b.epoch ?? 0) - (a.epoch ?? 0))[0],
  );
  const denies = (directive: Record<string, unknown>): boolean =>
    directive["measure"] === "upgrade"
      ? directive["required"] === true
      : directive["measure"] !== "redownload";
  return { allow: !directives.some(denies), directives };
}

const installers: Readonly<Record<string, string>> = {
  "com.android.vending": "google-play",
  "com.amazon.venezia": "amazon-appstore",
  "com.sec.android.app.samsungapps": "samsung-galaxy-store",
  "com.google.android.packageinstaller": "website",
  "": "website",
};

/** The store it names, then the one that its installer stands for. */
function storesOf({ store, installer }: PlainClient): readonly string[] {
  const named = store ?? "unknown";
  if (installer === undefined || installer === null) return [named];
  return [named, Object.hasOwn(installers, installer) ? (installers[installer] ?? "") : installer];
}

function isRefused(rule: PlainRule, store: string, { signers, integrity }: PlainClient): boolean {
  if (rule.trusted?.includes(store) !== true) return true;
  const listed = Object.hasOwn(rule.signers ?? {}, store) ? rule.signers?.[store] : undefined;
  const shown = [...(signers ?? []), ...(integrity?.certificateSha256Digest ?? [])];
  if (listed !== undefined) {
    const known = listed.map(digestBytes);
    if (!shown.every((digest) => digestBytes(digest) !== "" && known.includes(digestBytes(digest))))
      return true;
  }
  const accepted = Object.hasOwn(rule.integrity ?? {}, store) ? (rule.integrity?.[store] ?? {}) : {};
  return (["appRecognitionVerdict", "appLicensingVerdict"] as const).some((name) => {
    const verdict = integrity?.[name] ?? null;
    const values = accepted[name];
    return values !== undefined && verdict !== null && ![values].flat().includes(verdict);
  });
}

/** Of 32 bytes, as latin-1; empty when it can't be read. */
function digestBytes(text: string): string {
  const hex = /^[0-9a-f]{2}(:[0-9a-f]{2}){31}$|^[0-9a-f]{64}$/i.test(text);
  const bytes = hex ? Buffer.from(text.replaceAll(":", ""), "hex") : Buffer.from(text, "base64url");
  const isDigest = bytes.length === 32 && (hex || bytes.toString("base64url") === text);
  return isDigest ? bytes.toString("latin1") : "";
}

function durationMs(text: string): number {
  const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  return Number(text.slice(0, -1)) * (unitMs[text.slice(-1)] ?? Number.NaN);
}

interface PlainVersion {
  readonly numbers: readonly bigint[];
  readonly preRelease: readonly string[] | null;
}

function plainVersion(value: unknown): PlainVersion | null {
  if (typeof value !== "string") return null;
  const identifiers = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
  const pattern = new RegExp(`^(\\d+(?:\\.\\d+){0,3})(?:-(${identifiers}))?(?:\\+${identifiers})?$`);
  const match = pattern.exec(value);
  if (match === null) return null;
  const preRelease = match[2]?.split(".") ?? null;
  // SemVer 2.0.0 section 9.
  if (preRelease?.some((one) => /^0\d+$/.test(one)) === true) return null;
  const numbers = (match[1] ?? "").split(".").map(BigInt);
  return { numbers: [0, 1, 2, 3].map((i) => numbers[i] ?? 0n), preRelease };
}

/** −1, 0 or 1, as SemVer section 11 says; what is unreadable is below everything. */
export function orderOf(a: unknown, b: unknown): number {
  const left = plainVersion(a);
  const right = plainVersion(b);
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  for (let i = 0; i < 4; i++) {
    const order = compare(left.numbers[i] ?? 0n, right.numbers[i] ?? 0n);
    if (order !== 0) return order;
  }
  if (left.preRelease === null || right.preRelease === null) {
    return Number(left.preRelease === null) - Number(right.preRelease === null);
  }
  for (let i = 0; i < Math.min(left.preRelease.length, right.preRelease.length); i++) {
    const [x, y] = [left.preRelease[i] ?? "", right.preRelease[i] ?? ""];
    const [xNumeric, yNumeric] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    const order =
      xNumeric !== yNumeric
        ? Number(yNumeric) - Number(xNumeric)
        : xNumeric
          ? compare(BigInt(x), BigInt(y))
          : compare(x, y);
    if (order !== 0) return order;
  }
  return compare(left.preRelease.length, right.preRelease.length);
}

function compare<T extends string | number | bigint>(a: T, b: T): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** docs/reference/gate.md, Waves, over bytes and whole numbers. */
function oracleWave(rule: string, account: string, waves: number): bigint {
  const bytes = new TextEncoder().encode(`${rule.toWellFormed()}\0${account.toWellFormed()}`);
  const mask = 0xffff_ffffn;
  const rotl = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (32n - by))) & mask;
  const scramble = (k: bigint): bigint => (rotl((k * 0xcc9e2d51n) & mask, 15n) * 0x1b873593n) & mask;
  let h = 0n;
  const whole = bytes.length - (bytes.length % 4);
  for (let i = 0; i < bytes.length; i += 4) {
    let k = 0n;
    for (let j = 3; j >= 0; j--) k = (k << 8n) | BigInt(bytes[i + j] ?? 0);
    h ^= scramble(k);
    if (i < whole) h = (rotl(h, 13n) * 5n + 0xe6546b64n) & mask;
  }
  h ^= BigInt(bytes.length);
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & mask;
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & mask;
  h ^= h >> 16n;
  return (h * BigInt(waves)) >> 32n;
}
