import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, Notice, Plan } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import { dataMap, question } from "../evidence/investigation.ts";
import type { Population } from "../population/population.ts";
import type { HiddenTruth } from "../truth/hidden-truth.ts";
import { approveAsked } from "./approve-asked.ts";
import { DrillError } from "./drill-error.ts";
import { measures, terms, type DrillRules } from "./measures.ts";
import { approverName, type Operators } from "./operators.ts";
import type { ScaledTime } from "./scaled-time.ts";

interface ResponseInput {
  readonly rules: DrillRules;
  readonly operators: Operators;
  readonly population: Population;
  readonly truth: HiddenTruth;
  readonly time: ScaledTime;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

const pollMs = 100;

/** The incident as its operators answer it, one API call after the other. */
export class IncidentResponse {
  readonly #input: ResponseInput;
  #incidentId = "";

  constructor(input: ResponseInput) {
    this.#input = input;
  }

  get incidentId(): string {
    return this.#incidentId;
  }

  async open(): Promise<void> {
    const { operators, signal } = this.#input;
    const incident = await operators.author.openIncident(
      { title: "unauthorised access to internal systems and company data" },
      { signal },
    );
    this.#incidentId = incident.id;
    const because = "somebody was seen in the company's systems";
    await operators.author.moveIncident(incident.id, { to: "investigating", because }, { signal });
  }

  async ask(evidence: string): Promise<Answer> {
    const { operators, population, signal } = this.#input;
    return operators.author.askQuestion(
      this.#incidentId,
      { map: dataMap(population.accounts), question: question(), evidence },
      { signal },
    );
  }

  /** The named person accepts each assumption; then the claim can be bound to the answer. */
  async claim(answer: Answer): Promise<void> {
    const { operators, signal } = this.#input;
    for (const assumption of answer.assumptions) {
      await operators.approver.acceptAssumption(
        this.#incidentId,
        { answerDigest: answer.answerDigest, assumption, name: approverName },
        { signal },
      );
    }
    await operators.author.makeClaim(this.#incidentId, { answerDigest: answer.answerDigest }, { signal });
  }

  /** Drafted and asked for by one, approved by two; resolves when the canary's bundle is in force. */
  async plan(answer: Answer): Promise<Plan> {
    const { operators, population, rules, truth, time, nowMs, signal } = this.#input;
    const { author } = operators;
    const draft = await author.draftPlan(
      this.#incidentId,
      {
        measures: measures({ rules, answerDigest: answer.answerDigest, truth, time, nowMs: nowMs() }),
        terms: terms(population, time),
      },
      { signal },
    );
    const asked = await author.askApproval(this.#incidentId, draft.id, { act: "plan" }, { signal });
    await approveAsked(operators, this.#incidentId, asked, signal);
    await author.startRun(this.#incidentId, draft.id, { signal });
    await author.moveIncident(
      this.#incidentId,
      { to: "contained", because: "the measures are approved" },
      { signal },
    );
    return this.#inForce(draft.id);
  }

  /** Once the canary has met the measures for its time, the waves open; resolves when they are in force. */
  async promote({ id, run }: Plan): Promise<Plan> {
    const { operators, time, nowMs, signal } = this.#input;
    const readyMs = Date.parse(run?.canaryInForceAt ?? "") + time.canaryMs;
    while (nowMs() < readyMs) await sleep(Math.min(pollMs, readyMs - nowMs()), undefined, { signal });
    await operators.author.promoteRun(this.#incidentId, id, { signal });
    return this.#inForce(id);
  }

  /** When the control plane has seen that all waves are open, it ends the run by itself. */
  async completed({ id }: Plan): Promise<void> {
    const { operators, signal } = this.#input;
    for (;;) {
      const { run } = await this.#inForce(id);
      if (run?.phase === "completed") break;
      if (run?.phase === "paused")
        throw new DrillError("ERR_DRILL_PROCESS", `the run was paused: ${run.paused?.because ?? ""}`);
      await sleep(pollMs, undefined, { signal });
    }
    const because = "everybody meets the measures";
    await operators.author.moveIncident(this.#incidentId, { to: "recovering", because }, { signal });
  }

  /** The plan, once the bundle in force holds all that it has come to. */
  async #inForce(planId: string): Promise<Plan> {
    const { operators, signal } = this.#input;
    for (;;) {
      const plan = await operators.author.readPlan(this.#incidentId, planId, { signal });
      if (plan.state === "in-force" && plan.publishing === null) return plan;
      const failure = plan.publishing?.lastFailure ?? null;
      if (failure !== null && (plan.publishing?.attempts ?? 0) > publishAttemptsMax)
        throw new DrillError("ERR_DRILL_PROCESS", `the bundle does not come into force: ${failure}`);
      await sleep(pollMs, undefined, { signal });
    }
  }

  /** Drafted by the one, approved by the other; resolves when nothing is left to send. */
  async notify(onProgress: (notice: Notice) => void): Promise<Notice> {
    const { operators, nowMs, signal } = this.#input;
    const draft = await operators.author.draftNotice(
      this.#incidentId,
      {
        service: "Overture",
        signature: { name: approverName, role: "Chief Technology Officer" },
        contact: { email: "support@overture.example", page: "https://overture.example/contact" },
        discoveredAt: formatInstant(nowMs() - discoveredBeforeMs),
        recoveryPage: "https://overture.example/help/sign-in",
        publicPage: "https://overture.example/security",
        // The population's languages that nothing is written in, each by a decision.
        fallbacks: { sv: "en", nl: "en", nb: "en", tr: "en" },
      },
      { signal },
    );
    await operators.approver.approveNotice(this.#incidentId, draft.id, { signal });
    for (;;) {
      const notice = await operators.author.readNotice(this.#incidentId, draft.id, { signal });
      onProgress(notice);
      if (notice.state === "sent" || notice.state === "stopped") return notice;
      await sleep(pollMs, undefined, { signal });
    }
  }

  async allClear(): Promise<void> {
    const { operators, signal } = this.#input;
    await operators.approver.giveAllClear(this.#incidentId, { signal });
  }
}

const publishAttemptsMax = 5;
const discoveredBeforeMs = 6 * 3_600_000;
