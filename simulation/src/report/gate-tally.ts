import type { AccessLogLine } from "@cordon/overture";
import { indexOfAccount } from "../population/population.ts";
import { fixedVersion } from "../population/segments.ts";

/** What the gates decided over the whole drill, counted in people. */
export interface GateFigures {
  readonly decisions: number;
  readonly denied: number;
  /** People who were told to sign in again and did: a later token is from after. */
  readonly reauthenticated: number;
  readonly upgraded: number;
  readonly redownloaded: number;
  /** People whose client was refused. */
  readonly refused: number;
  /** People who were told to sign in again, to upgrade, or to download again, and were never seen to have done it. */
  readonly leftOver: {
    readonly reauthenticate: number;
    readonly upgrade: number;
    readonly redownload: number;
  };
  /** People who were refused and heard music afterwards all the same. */
  readonly refusedYetPlayed: number;
  /** People whom no gate told anything, and who were seen. */
  readonly undisturbed: number;
  /** People who ever met each rule. */
  readonly peopleByRule: ReadonlyMap<string, number>;
  /** People seen at all. */
  readonly seen: number;
  /** People whose last request for music was admitted. */
  readonly playingInTheEnd: number;
  readonly bundleVersions: readonly number[];
}

const flag = {
  seen: 1,
  toldSignIn: 2,
  toldUpgrade: 4,
  toldDownload: 8,
  refused: 16,
  upgraded: 32,
  downloaded: 64,
  playing: 128,
} as const;
const rulesMax = 30;

/**
 * Adds up access logs, line by line, in any order of the instances: what a person was told and what the same person
 * showed later is kept in a few bytes each.
 */
export class GateTally {
  readonly #flags: Uint8Array;
  readonly #rules: Uint32Array;
  readonly #ruleNames: string[] = [];
  /** Per person: the latest sign-in (ms) of a decision that told, and of one that did not tell, to sign in again. */
  readonly #toldAuthMs: Float64Array;
  readonly #freeAuthMs: Float64Array;
  readonly #lastPlayMs: Float64Array;
  readonly #refusedMs: Float64Array;
  readonly #versions = new Set<number>();
  readonly #epoch: number;
  #decisions = 0;
  #denied = 0;

  constructor(options: { readonly accounts: number; readonly offlineEpoch: number }) {
    const { accounts } = options;
    this.#epoch = options.offlineEpoch;
    this.#flags = new Uint8Array(accounts);
    this.#rules = new Uint32Array(accounts);
    this.#toldAuthMs = new Float64Array(accounts).fill(-Infinity);
    this.#freeAuthMs = new Float64Array(accounts).fill(-Infinity);
    this.#lastPlayMs = new Float64Array(accounts).fill(-Infinity);
    this.#refusedMs = new Float64Array(accounts).fill(Infinity);
  }

  add(line: AccessLogLine): void {
    this.#decisions++;
    if (!line.allow) this.#denied++;
    if (line.bundle !== null) this.#versions.add(line.bundle);
    const index = line.account === null ? null : indexOfAccount(line.account);
    if (index === null || index < 0 || index >= this.#flags.length) return;
    let flags = (this.#flags[index] ?? 0) | flag.seen;
    const told = (measure: string) => line.directives.includes(measure);
    const signIn = told("reauthenticate");
    if (signIn) flags |= flag.toldSignIn;
    if (line.authTime !== null) raise(signIn ? this.#toldAuthMs : this.#freeAuthMs, index, line.authTime);
    const upgrade = told("upgrade") || told("upgrade?");
    if (upgrade) flags |= flag.toldUpgrade;
    else if (line.version === fixedVersion) flags |= flag.upgraded;
    if (told("redownload")) flags |= flag.toldDownload;
    else if (line.offlineEpoch !== null && line.offlineEpoch >= this.#epoch) flags |= flag.downloaded;
    if (told("refuse_client")) {
      flags |= flag.refused;
      this.#refusedMs[index] = Math.min(this.#refusedMs[index] ?? Infinity, line.t);
    }
    if (line.action === "play" && line.t >= (this.#lastPlayMs[index] ?? -Infinity)) {
      this.#lastPlayMs[index] = line.t;
      flags = line.allow ? flags | flag.playing : flags & ~flag.playing;
    }
    this.#flags[index] = flags;
    for (const rule of line.rules)
      this.#rules[index] = (this.#rules[index] ?? 0) | this.#bitOf(ofMeasure(rule));
  }

  figures(): GateFigures {
    const count = (test: (flags: number, index: number) => boolean) => {
      let people = 0;
      for (let index = 0; index < this.#flags.length; index++)
        if (test(this.#flags[index] ?? 0, index)) people++;
      return people;
    };
    const has = (flags: number, ...all: number[]) => all.every((one) => (flags & one) !== 0);
    const signedIn = (index: number) =>
      (this.#freeAuthMs[index] ?? -Infinity) > (this.#toldAuthMs[index] ?? Infinity);
    const anything = flag.toldSignIn | flag.toldUpgrade | flag.toldDownload | flag.refused;
    return {
      decisions: this.#decisions,
      denied: this.#denied,
      reauthenticated: count((f, i) => has(f, flag.toldSignIn) && signedIn(i)),
      upgraded: count((f) => has(f, flag.toldUpgrade, flag.upgraded)),
      redownloaded: count((f) => has(f, flag.toldDownload, flag.downloaded)),
      refused: count((f) => has(f, flag.refused)),
      leftOver: {
        reauthenticate: count((f, i) => has(f, flag.toldSignIn) && !signedIn(i) && !has(f, flag.refused)),
        upgrade: count((f) => has(f, flag.toldUpgrade) && !has(f, flag.upgraded) && !has(f, flag.refused)),
        redownload: count(
          (f) => has(f, flag.toldDownload) && !has(f, flag.downloaded) && !has(f, flag.refused),
        ),
      },
      refusedYetPlayed: count(
        (f, i) =>
          has(f, flag.refused, flag.playing) && (this.#lastPlayMs[i] ?? 0) > (this.#refusedMs[i] ?? 0),
      ),
      undisturbed: count((f) => has(f, flag.seen) && (f & anything) === 0),
      peopleByRule: new Map(this.#ruleNames.map((rule, bit) => [rule, this.#peopleWith(bit)])),
      seen: count((f) => has(f, flag.seen)),
      playingInTheEnd: count((f) => has(f, flag.playing)),
      bundleVersions: [...this.#versions].sort((a, b) => a - b),
    };
  }

  /** True when the person ever met the rule. */
  metRule(index: number, rule: string): boolean {
    const bit = this.#ruleNames.indexOf(rule);
    return bit !== -1 && ((this.#rules[index] ?? 0) & (1 << bit)) !== 0;
  }

  #peopleWith(bit: number): number {
    let people = 0;
    for (const rules of this.#rules) if ((rules & (1 << bit)) !== 0) people++;
    return people;
  }

  #bitOf(rule: string): number {
    let bit = this.#ruleNames.indexOf(rule);
    if (bit === -1) {
      if (this.#ruleNames.length === rulesMax)
        throw new RangeError(`more than ${rulesMax} rules in the access logs`);
      bit = this.#ruleNames.push(rule) - 1;
    }
    return 1 << bit;
  }
}

/** A measure's canary has a rule of its own beside that of its waves; to people it is the same. */
function ofMeasure(rule: string): string {
  return rule.endsWith(canarySuffix) ? rule.slice(0, -canarySuffix.length) : rule;
}

const canarySuffix = "-canary";

function raise(values: Float64Array, index: number, value: number): void {
  if (value > (values[index] ?? -Infinity)) values[index] = value;
}
