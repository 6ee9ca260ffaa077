import { setTimeout as sleep } from "node:timers/promises";
import type { Measure, Plan } from "@cordon/contract";
import { approveAsked } from "../drill/approve-asked.ts";
import { DrillError } from "../drill/drill-error.ts";
import type { Operators } from "../drill/operators.ts";

/** What can happen to one account once more; `clear` takes all of it back. */
export const replayActs = ["reauthenticate", "upgrade", "redownload"] as const;
export type ReplayAct = (typeof replayActs)[number];
export type ReplayStep = ReplayAct | "clear";

interface ReplayOptions {
  readonly operators: Operators;
  /** The version of the player that is let in. */
  readonly fixedVersion: string;
  /** Where it comes from. */
  readonly playerUrl: string;
  /** Epochs up to this one were asked for before. */
  readonly epochBefore: number;
  /** Resolves once the service's gate goes by a bundle of this version or a later one. */
  readonly enforced: (bundleVersion: number) => Promise<void>;
  readonly signal: AbortSignal;
}

const pollMs = 100;
/** So many accounts are played with at most. */
const accountsMax = 1000;

/**
 * The incident for one account after the other, by real plans on the control plane: drafted by one operator, approved by
 * others, signed, and fetched by the service as everybody's are.
 */
export class IncidentReplay {
  readonly #options: ReplayOptions;
  #incident: Promise<string> | null = null;
  #number = 0;
  /** The plans in force, by account and act. */
  readonly #plans = new Map<string, Map<ReplayAct, string>>();
  readonly #underWay = new Map<string, Promise<readonly ReplayAct[]>>();

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  inForce(accountId: string): readonly ReplayAct[] {
    const plans = this.#plans.get(accountId);
    return replayActs.filter((act) => plans?.has(act) === true);
  }

  /** Resolves once the act is in force, or for `clear` lifted. One act of an account waits for the other. */
  async act(accountId: string, step: ReplayStep): Promise<readonly ReplayAct[]> {
    const before = this.#underWay.get(accountId) ?? Promise.resolve([]);
    const next = before
      .catch(() => [])
      .then(async () => {
        await (step === "clear" ? this.#clear(accountId) : this.#begin(accountId, step));
        return this.inForce(accountId);
      });
    this.#underWay.set(accountId, next);
    return next;
  }

  async #begin(accountId: string, act: ReplayAct): Promise<void> {
    const plans = this.#plans.get(accountId) ?? new Map<ReplayAct, string>();
    if (plans.has(act)) return;
    if (this.#plans.size >= accountsMax)
      throw new DrillError("ERR_DRILL_INPUT", `more than ${accountsMax} accounts replay the incident`);
    const { operators, signal } = this.#options;
    const incidentId = await this.#open();
    this.#number += 1;
    const draft = await operators.author.draftPlan(
      incidentId,
      { measures: [this.#measure(`${incidentId}-${this.#number}`, accountId, act)] },
      { signal },
    );
    const asked = await operators.author.askApproval(incidentId, draft.id, { act: "plan" }, { signal });
    await approveAsked(operators, incidentId, asked, signal);
    const { inForce } = await this.#until(incidentId, draft.id, "in-force");
    await this.#options.enforced(inForce?.bundleVersion ?? 0);
    plans.set(act, draft.id);
    this.#plans.set(accountId, plans);
  }

  async #clear(accountId: string): Promise<void> {
    const { operators, signal } = this.#options;
    const plans = this.#plans.get(accountId) ?? new Map<ReplayAct, string>();
    const incidentId = await this.#open();
    const because = "the person has lived through it";
    for (const planId of plans.values()) {
      const asked = await operators.author.askApproval(
        incidentId,
        planId,
        { act: "lift", because },
        { signal },
      );
      await approveAsked(operators, incidentId, asked, signal);
      const { liftedInBundle } = await this.#until(incidentId, planId, "lifted");
      await this.#options.enforced(liftedInBundle ?? 0);
    }
    this.#plans.delete(accountId);
  }

  #open(): Promise<string> {
    const { operators, signal } = this.#options;
    const opened = (this.#incident ??= operators.author
      .openIncident({ title: "the incident once more, for those who ask" }, { signal })
      .then(({ id }) => id));
    opened.catch(() => (this.#incident = null));
    return opened;
  }

  #measure(id: string, accountId: string, act: ReplayAct): Measure {
    const cohort = { accounts: [accountId] };
    const { fixedVersion, playerUrl } = this.#options;
    switch (act) {
      case "reauthenticate":
        return { id, measure: "reauthenticate", cohort, because: "exposure" };
      case "upgrade":
        return {
          id,
          measure: "upgrade",
          cohort,
          below: fixedVersion,
          required: beginning,
          stores: { website: { available: beginning, link: playerUrl } },
        };
      case "redownload":
        return { id, measure: "redownload", cohort, epoch: this.#options.epochBefore + this.#number };
    }
  }

  async #until(incidentId: string, planId: string, state: Plan["state"]): Promise<Plan> {
    const { operators, signal } = this.#options;
    for (;;) {
      const plan = await operators.author.readPlan(incidentId, planId, { signal });
      if (plan.state === state) return plan;
      await sleep(pollMs, undefined, { signal });
    }
  }
}

const beginning = "2014-05-27T00:00:00Z";
