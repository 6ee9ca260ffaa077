import {
  fail,
  named,
  readDuration,
  readEntries,
  readInstant,
  readList,
  readMapping,
  readOneOf,
  readSigningDigest,
  readText,
  readTexts,
  readVersion,
  readWholeNumber,
  required,
  type Field,
} from "./fields.ts";
import type { GatePath } from "./gate-error.ts";
import {
  measures,
  type AcceptedVerdicts,
  type CohortSource,
  type CutoffRule,
  type Policy,
  type RedownloadRule,
  type RefuseClientRule,
  type Rollout,
  type Rule,
  type StoreRelease,
  type UpgradeRule,
  type Where,
} from "./policy.ts";

const rulesMax = 10_000;
/** So many that the wave of an account is exact in a double (wave.ts). */
const wavesMax = 1_000_000;

/** Holds every account; needs no definition and cannot be given one. */
export const everyone = "everyone";

const always = ["id", "measure", "cohort", "where"];
const allowedKeys: Readonly<Record<Rule["measure"], readonly string[]>> = {
  reauthenticate: [...always, "cutoff", "keys", "rollout", "because", "onMissing"],
  change_password: [...always, "cutoff", "rollout", "because", "onMissing"],
  upgrade: [...always, "below", "belowCode", "belowBuild", "required", "stores"],
  redownload: [...always, "epoch", "from", "rollout"],
  refuse_client: [...always, "trusted", "signers", "integrity"],
};

type Fields = ReadonlyMap<string, Field>;

/**
 * Reads a policy as contracts 4 writes it. Throws a GateError whose `path` names the key for anything else.
 * `definedElsewhere` names the cohorts that rules may use without an entry under `cohorts`: those of a bundle.
 */
export function parsePolicy(value: unknown, definedElsewhere: Iterable<string> = []): Policy {
  const root = readMapping({ value, path: [] }, ["version", "rules", "cohorts"]);
  const version = readWholeNumber(required(root, "version", []), 0, Number.MAX_SAFE_INTEGER);
  const cohortsField = root.get("cohorts");
  const cohorts = cohortsField === undefined ? new Map<string, CohortSource>() : readCohorts(cohortsField);
  const rulesField = required(root, "rules", []);
  const ruleFields = readList(rulesField);
  if (ruleFields.length > rulesMax) {
    throw fail(rulesField.path, `${ruleFields.length} rules`, `at most ${rulesMax} rules`);
  }
  const defined = new Set([everyone, ...cohorts.keys(), ...definedElsewhere]);
  const ids = new Set<string>();
  return { version, rules: ruleFields.map((field) => readRule(field, defined, ids)), cohorts };
}

function readRule(field: Field, defined: ReadonlySet<string>, ids: Set<string>): Rule {
  // The measure first: it says which other keys there may be.
  const entries = readEntries(field);
  const measure = readOneOf(required(entries, "measure", field.path), measures);
  const fields = readMapping(field, allowedKeys[measure]);
  const base = {
    id: readRuleId(required(fields, "id", field.path), ids),
    cohort: optional(fields, "cohort", (cohort) => readCohortName(cohort, defined)),
    where: readWhere(fields.get("where")),
  };
  switch (measure) {
    case "reauthenticate":
    case "change_password":
      return readCutoffRule({ ...base, measure }, fields, field.path);
    case "upgrade":
      return readUpgradeRule({ ...base, measure }, fields, field.path);
    case "redownload":
      return readRedownloadRule({ ...base, measure }, fields, field.path);
    case "refuse_client":
      return readRefuseClientRule({ ...base, measure }, fields, field.path);
  }
}

function readCutoffRule(
  base: Pick<CutoffRule, "id" | "cohort" | "where" | "measure">,
  fields: Fields,
  path: GatePath,
): CutoffRule {
  const keysField = fields.get("keys");
  if (keysField !== undefined && fields.has("cutoff")) {
    throw fail(keysField.path, "`keys` beside `cutoff`", "one of them");
  }
  const because =
    optional(fields, "because", (f) => readOneOf(f, ["precaution", "exposure"])) ?? "precaution";
  const rollout = optional(fields, "rollout", readRollout);
  if (because === "exposure" && rollout !== null) {
    const what = "a rollout, though the sessions may be in an intruder's hands";
    throw fail([...path, "rollout"], what, "no `rollout` with `because: exposure`");
  }
  return {
    ...base,
    cutoffMs: keysField === undefined ? readInstant(required(fields, "cutoff", path)) : null,
    keys: keysField === undefined ? null : new Set(readTexts(keysField)),
    onMissing: optional(fields, "onMissing", (f) => readOneOf(f, ["apply", "ignore"])) ?? "apply",
    because,
    rollout,
  };
}

function readUpgradeRule(
  base: Pick<UpgradeRule, "id" | "cohort" | "where" | "measure">,
  fields: Fields,
  path: GatePath,
): UpgradeRule {
  return {
    ...base,
    below: readVersion(required(fields, "below", path)),
    belowCode: optional(fields, "belowCode", (f) => readWholeNumber(f, 1, Number.MAX_SAFE_INTEGER)),
    belowBuild: optional(fields, "belowBuild", readVersion),
    requiredMs: optional(fields, "required", readInstant),
    stores: optional(fields, "stores", readStores) ?? new Map<string, StoreRelease>(),
  };
}

function readRedownloadRule(
  base: Pick<RedownloadRule, "id" | "cohort" | "where" | "measure">,
  fields: Fields,
  path: GatePath,
): RedownloadRule {
  return {
    ...base,
    epoch: readWholeNumber(required(fields, "epoch", path), 1, Number.MAX_SAFE_INTEGER),
    from: optional(fields, "from", readVersion),
    rollout: optional(fields, "rollout", readRollout),
  };
}

function readRefuseClientRule(
  base: Pick<RefuseClientRule, "id" | "cohort" | "where" | "measure">,
  fields: Fields,
  path: GatePath,
): RefuseClientRule {
  return {
    ...base,
    trusted: new Set(readTexts(required(fields, "trusted", path))),
    signers: optional(fields, "signers", readSigners) ?? new Map<string, ReadonlySet<string>>(),
    integrity: optional(fields, "integrity", readIntegrity) ?? new Map<string, AcceptedVerdicts>(),
  };
}

function optional<Value>(fields: Fields, key: string, read: (field: Field) => Value): Value | null {
  const field = fields.get(key);
  return field === undefined ? null : read(field);
}

function readRuleId(field: Field, ids: Set<string>): string {
  const id = readText(field);
  // A zero byte separates the rule from the account in the wave's hash.
  if (id.includes("\0")) throw fail(field.path, "a zero character in an id", "text without it");
  if (ids.has(id)) throw fail(field.path, `the rule id ${named(id)} a second time`, "an id of its own");
  ids.add(id);
  return id;
}

function readCohortName(field: Field, defined: ReadonlySet<string>): string {
  const name = readText(field);
  if (defined.has(name)) return name;
  throw fail(field.path, `undefined cohort ${named(name)}`, `one of ${[...defined].slice(0, 20).join(", ")}`);
}

function readWhere(field: Field | undefined): Where {
  if (field === undefined) return { platform: null, store: null };
  const fields = readMapping(field, ["platform", "store"]);
  return { platform: optional(fields, "platform", readChoice), store: optional(fields, "store", readChoice) };
}

/** A value or a list of them. */
function readChoice(field: Field): ReadonlySet<string> {
  return new Set(Array.isArray(field.value) ? readTexts(field) : [readText(field)]);
}

function readRollout(field: Field): Rollout {
  const fields = readMapping(field, ["from", "over", "waves"]);
  return {
    fromMs: readInstant(required(fields, "from", field.path)),
    overMs: readDuration(required(fields, "over", field.path)),
    waves: readWholeNumber(required(fields, "waves", field.path), 1, wavesMax),
  };
}

function readStores(field: Field): ReadonlyMap<string, StoreRelease> {
  const stores = new Map<string, StoreRelease>();
  for (const [store, release] of readEntries(field)) {
    const fields = readMapping(release, ["available", "link"]);
    stores.set(store, {
      availableMs: optional(fields, "available", readInstant),
      link: optional(fields, "link", readText),
    });
  }
  return stores;
}

function readSigners(field: Field): ReadonlyMap<string, ReadonlySet<string>> {
  const signers = new Map<string, ReadonlySet<string>>();
  for (const [store, digests] of readEntries(field)) {
    signers.set(store, new Set(readList(digests).map(readSigningDigest)));
  }
  return signers;
}

function readIntegrity(field: Field): ReadonlyMap<string, AcceptedVerdicts> {
  const integrity = new Map<string, AcceptedVerdicts>();
  for (const [store, verdicts] of readEntries(field)) {
    const fields = readMapping(verdicts, ["appRecognitionVerdict", "appLicensingVerdict"]);
    integrity.set(store, {
      appRecognitionVerdict: optional(fields, "appRecognitionVerdict", readChoice),
      appLicensingVerdict: optional(fields, "appLicensingVerdict", readChoice),
    });
  }
  return integrity;
}

function readCohorts(field: Field): ReadonlyMap<string, CohortSource> {
  const cohorts = new Map<string, CohortSource>();
  for (const [name, entry] of readEntries(field)) {
    readText({ value: name, path: entry.path });
    if (name === everyone) throw fail(entry.path, "`everyone` is defined already", "another name");
    cohorts.set(name, readCohortSource(entry));
  }
  return cohorts;
}

function readCohortSource(field: Field): CohortSource {
  const fields = readMapping(field, ["file", "accounts"]);
  const file = fields.get("file");
  const accounts = fields.get("accounts");
  if (file !== undefined && accounts === undefined) return { kind: "file", file: readText(file) };
  if (accounts !== undefined && file === undefined) {
    return { kind: "accounts", accounts: readTexts(accounts) };
  }
  const what = file === undefined ? "neither `file` nor `accounts`" : "both `file` and `accounts`";
  throw fail(field.path, what, "one of them");
}
