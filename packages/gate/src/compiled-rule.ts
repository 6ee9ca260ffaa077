import { Choice } from "./choice.ts";
import type { Decision, Directive } from "./decision.ts";
import { everyone } from "./parse-policy.ts";
import type {
  AcceptedVerdicts,
  CutoffRule,
  Measure,
  RedownloadRule,
  RefuseClientRule,
  Rollout,
  Rule,
  UpgradeRule,
} from "./policy.ts";
import { secondOf } from "./time-second.ts";
import type { Version } from "./version.ts";
import { WaveHash } from "./wave.ts";

/** The members of one listed cohort. */
export interface CohortSet {
  readonly members: number;
  /** Exact for the accounts of the directory it was built from; `ordinal` counts only in sets built by ordinal. */
  has(account: string | null, ordinal: number | null): boolean;
}

/** What a rule that decides comes to. INVARIANT: made once and frozen, so that a decision makes no garbage. */
export interface Outcome {
  readonly directive: Directive;
  /** The decision when no other measure applies. */
  readonly alone: Decision;
}

/** Whom a rule is for. */
export interface Audience {
  /** Null: any. */
  readonly platforms: Choice | null;
  readonly stores: Choice | null;
  /** Whether it has a cohort: then it is for no request without account. */
  readonly hasCohort: boolean;
  /** Null: everyone, or no cohort. */
  readonly set: CohortSet | null;
}

interface CompiledBase {
  readonly id: string;
  readonly audience: Audience;
}

export interface Waves extends Rollout {
  readonly hash: WaveHash;
}

export interface CompiledCutoff extends CompiledBase {
  readonly measure: "reauthenticate" | "change_password";
  /** Infinity with `keys`, which rank as the latest cutoff. */
  readonly cutoffMs: number;
  /** `secondOf` the cutoff. */
  readonly cutoffSecond: number;
  readonly keys: Choice | null;
  readonly appliesToMissing: boolean;
  readonly waves: Waves | null;
  readonly outcome: Outcome;
}

/** The version's release in one store, and what the upgrade comes to from there. */
export interface Release {
  readonly availableMs: number;
  readonly required: Outcome;
  readonly recommended: Outcome;
}

export interface CompiledUpgrade extends CompiledBase {
  readonly measure: "upgrade";
  readonly below: Version;
  readonly belowCode: number | null;
  readonly belowBuild: Version | null;
  /** Infinity: never. */
  readonly requiredMs: number;
  readonly releases: ReadonlyMap<string, Release>;
  /** Where the version is in no store of the installation. */
  readonly unavailable: Outcome;
}

export interface CompiledRedownload extends CompiledBase {
  readonly measure: "redownload";
  readonly epoch: number;
  readonly from: Version | null;
  readonly waves: Waves | null;
  readonly outcome: Outcome;
}

export interface CompiledRefusal extends CompiledBase {
  readonly measure: "refuse_client";
  readonly trusted: Choice;
  /** Whether it asks for more than the store. */
  readonly looksInside: boolean;
  readonly signers: ReadonlyMap<string, ReadonlySet<string>>;
  readonly integrity: ReadonlyMap<string, AcceptedVerdicts>;
  readonly outcome: Outcome;
}

export type CompiledRule = CompiledCutoff | CompiledUpgrade | CompiledRedownload | CompiledRefusal;

export function compileCutoff(rule: CutoffRule, set: CohortSet | null): CompiledCutoff {
  const { id, measure } = rule;
  const cutoffMs = rule.cutoffMs ?? Infinity;
  return {
    id,
    measure,
    audience: audienceOf(rule, set),
    cutoffMs,
    cutoffSecond: secondOf(cutoffMs),
    keys: rule.keys === null ? null : new Choice(rule.keys),
    appliesToMissing: rule.onMissing === "apply",
    waves: wavesOf(rule),
    outcome: denial(measure, id),
  };
}

export function compileUpgrade(rule: UpgradeRule, set: CohortSet | null): CompiledUpgrade {
  const { id, measure, below, belowCode, belowBuild } = rule;
  const releases = new Map<string, Release>();
  for (const [store, { availableMs, link }] of rule.stores) {
    const more = link === null ? {} : { link };
    releases.set(store, {
      availableMs: availableMs ?? Infinity,
      required: outcome({ measure, rule: id, required: true, ...more }),
      recommended: outcome({ measure, rule: id, required: false, ...more }),
    });
  }
  return {
    id,
    measure,
    audience: audienceOf(rule, set),
    below,
    belowCode,
    belowBuild,
    requiredMs: rule.requiredMs ?? Infinity,
    releases,
    unavailable: outcome({ measure, rule: id, required: false, available: false }),
  };
}

export function compileRedownload(rule: RedownloadRule, set: CohortSet | null): CompiledRedownload {
  const { id, measure, epoch, from } = rule;
  const audience = audienceOf(rule, set);
  return { id, measure, audience, epoch, from, waves: wavesOf(rule), outcome: denial(measure, id) };
}

export function compileRefusal(rule: RefuseClientRule, set: CohortSet | null): CompiledRefusal {
  const { id, measure, signers, integrity } = rule;
  return {
    id,
    measure,
    audience: audienceOf(rule, set),
    trusted: new Choice(rule.trusted),
    looksInside: signers.size > 0 || integrity.size > 0,
    signers,
    integrity,
    outcome: denial(measure, id),
  };
}

function audienceOf({ where, cohort }: Rule, set: CohortSet | null): Audience {
  return {
    platforms: where.platform === null ? null : new Choice(where.platform),
    stores: where.store === null ? null : new Choice(where.store),
    hasCohort: cohort !== null,
    set: cohort === everyone ? null : set,
  };
}

function wavesOf({ id, rollout }: CutoffRule | RedownloadRule): Waves | null {
  return rollout === null ? null : { ...rollout, hash: new WaveHash(id) };
}

function denial(measure: Exclude<Measure, "upgrade">, rule: string): Outcome {
  return outcome({ measure, rule, required: true });
}

function outcome(given: Directive): Outcome {
  const directive = Object.freeze(given);
  const alone = Object.freeze({ allow: !denies(directive), directives: Object.freeze([directive]) });
  return Object.freeze({ directive, alone });
}

/** A recommended upgrade and a redownload deny nothing. */
export function denies(directive: Directive): boolean {
  return directive.required && directive.measure !== "redownload";
}
