import type { ApprovalRules, Role } from "@cordon/response";

// Written from the rules alone, over what people did; it knows nothing of events, digests or states of the package.

interface Asking {
  readonly act: "plan" | "lift";
  /** Whoever had a hand in what is asked. */
  readonly hands: ReadonlySet<string>;
  readonly reach: number | null;
  readonly countedAtMs: number;
  readonly yes: { readonly person: string; readonly atMs: number }[];
  declined: boolean;
  granted: boolean;
  glass: boolean;
}

interface Case {
  readonly staged: boolean;
  readonly hands: Set<string>;
  asking: Asking | null;
  started: boolean;
  inForce: boolean;
  liftAsked: boolean;
  out: boolean;
}

/** Says of every act whether the rules allow it. `key` names what somebody read: the number of the asking. */
export class ApprovalOracle {
  readonly #cases = new Map<string, Case>();
  readonly #keys = new Map<Asking, number>();
  readonly #rules: ApprovalRules;
  readonly #has: (person: string, role: Role) => boolean;
  #askings = 0;

  constructor(rules: ApprovalRules, has: (person: string, role: Role) => boolean) {
    this.#rules = rules;
    this.#has = has;
  }

  draft(person: string, planId: string, staged: boolean): boolean {
    if (!this.#has(person, "responder")) return false;
    this.#cases.set(planId, {
      staged,
      hands: new Set([person]),
      asking: null,
      started: false,
      inForce: false,
      liftAsked: false,
      out: false,
    });
    return true;
  }

  edit(person: string, planId: string): boolean {
    const one = this.#cases.get(planId);
    if (one === undefined || !this.#has(person, "responder") || one.started) return false;
    one.hands.add(person);
    one.asking = null;
    return true;
  }

  /** The key of the asking; null when it is not allowed. */
  askPlan(
    person: string,
    planId: string,
    reach: number | null,
    countedAtMs: number,
    nowMs: number,
  ): number | null {
    const one = this.#cases.get(planId);
    if (one === undefined || !this.#has(person, "responder") || one.started) return null;
    if (one.asking?.declined === true) return null;
    if (nowMs - countedAtMs > this.#rules.directoryAgeMaxMs) return null;
    return this.#ask(one, {
      act: "plan",
      hands: new Set([...one.hands, person]),
      reach,
      countedAtMs,
      yes: [],
      declined: false,
      granted: false,
      glass: false,
    });
  }

  askLift(person: string, planId: string): number | null {
    const one = this.#cases.get(planId);
    if (one === undefined || !this.#has(person, "responder") || !one.inForce || one.out) return null;
    if (one.liftAsked && one.asking?.granted === true) return null;
    one.liftAsked = true;
    const hands = new Set([person]);
    const none = { yes: [], declined: false, granted: false, glass: false };
    return this.#ask(one, { act: "lift", hands, reach: null, countedAtMs: 0, ...none });
  }

  approve(person: string, planId: string, key: number, nowMs: number): boolean {
    const asking = this.#waiting(planId, key);
    const one = this.#cases.get(planId);
    if (asking === null || one === undefined || !this.#has(person, "approver")) return false;
    if (asking.hands.has(person)) return false;
    if (asking.act === "plan" && nowMs - asking.countedAtMs > this.#rules.directoryAgeMaxMs) return false;
    if (this.#counting(asking, nowMs).has(person)) return false;
    asking.yes.push({ person, atMs: nowMs });
    if (!asking.granted && this.#isEnough(asking, nowMs)) this.#grant(one, asking);
    return true;
  }

  decline(person: string, planId: string, key: number): boolean {
    const asking = this.#waiting(planId, key);
    const one = this.#cases.get(planId);
    if (asking === null || one === undefined || !this.#has(person, "approver")) return false;
    asking.declined = true;
    if (asking.act === "lift") one.liftAsked = false;
    return true;
  }

  breakGlass(person: string, planId: string, key: number, nowMs: number): boolean {
    const asking = this.#waiting(planId, key);
    const one = this.#cases.get(planId);
    if (asking?.act !== "plan" || one === undefined) return false;
    if (!this.#has(person, "responder") && !this.#has(person, "approver")) return false;
    if (asking.granted && (this.#isEnough(asking, nowMs) || asking.glass)) return false;
    asking.glass = true;
    if (!asking.granted) this.#grant(one, asking);
    return true;
  }

  start(person: string, planId: string, nowMs: number): boolean {
    const one = this.#cases.get(planId);
    if (one?.asking?.act !== "plan" || !this.#has(person, "responder")) return false;
    if (!one.staged || one.started || one.asking.declined || !one.asking.granted) return false;
    if (!one.asking.glass && !this.#isEnough(one.asking, nowMs)) return false;
    one.started = true;
    return true;
  }

  /** What was wanted when a bundle was built is in force or out afterwards. */
  publish(): void {
    for (const one of this.#cases.values()) {
      if (one.liftAsked && one.asking?.granted === true) one.out = true;
      else if (one.started) one.inForce = true;
    }
  }

  /** Ids of the plans whose measures clients meet. */
  inForce(): string[] {
    return [...this.#cases].filter(([, one]) => one.inForce && !one.out).map(([planId]) => planId);
  }

  #ask(one: Case, asking: Asking): number {
    one.asking = asking;
    this.#askings += 1;
    this.#keys.set(asking, this.#askings);
    return this.#askings;
  }

  /** What waits for approval, if it is what was read. A later asking or an edit has taken its place otherwise. */
  #waiting(planId: string, key: number): Asking | null {
    const one = this.#cases.get(planId);
    const asking = one?.asking ?? null;
    if (one === undefined || asking === null || this.#keys.get(asking) !== key || asking.declined)
      return null;
    if (asking.act === "plan") return one.started ? null : asking;
    return asking.granted ? null : asking;
  }

  #counting(asking: Asking, nowMs: number): Set<string> {
    const fresh = asking.yes.filter((yes) => nowMs - yes.atMs < this.#rules.approvalLastsMs);
    return new Set(fresh.map((yes) => yes.person).filter((person) => this.#has(person, "approver")));
  }

  #isEnough(asking: Asking, nowMs: number): boolean {
    const overLimit =
      asking.act === "lift" || asking.reach === null || asking.reach > this.#rules.oneApprovalUpToAccounts;
    return this.#counting(asking, nowMs).size >= (overLimit ? 2 : 1);
  }

  #grant(one: Case, asking: Asking): void {
    asking.granted = true;
    // A plan without stages needs no start.
    if (asking.act === "plan" && !one.staged) one.started = true;
  }
}
