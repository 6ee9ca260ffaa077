import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, Notice, Plan } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import { dataMap, question } from "../evidence/investigation.ts";
import type { HiddenTruth } from "../truth/hidden-truth.ts";
import { DrillError } from "./drill-error.ts";
import { measures, type DrillRules } from "./measures.ts";
import { approverName, type Operators } from "./operators.ts";
import type { ScaledTime } from "./scaled-time.ts";

interface ResponseInput {
  readonly rules: DrillRules;
  readonly operators: Operators;
  readonly accounts: number;
  readonly truth: HiddenTruth;
  readonly time: ScaledTime;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

const pollMs = 100;

/** The incident as its two operators answer it, one API call after the other. */
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
  }

  async ask(evidence: string): Promise<Answer> {
    const { operators, accounts, signal } = this.#input;
    return operators.author.askQuestion(
      this.#incidentId,
      { map: dataMap(accounts), question: question(), evidence },
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

  /** Drafted by the one, approved by the other; resolves when its bundle is in force. */
  async plan(answer: Answer): Promise<Plan> {
    const { operators, rules, truth, time, nowMs, signal } = this.#input;
    const body = {
      measures: measures({ rules, answerDigest: answer.answerDigest, truth, time, nowMs: nowMs() }),
    };
    const { id } = await operators.author.draftPlan(this.#incidentId, body, { signal });
    await operators.approver.approvePlan(this.#incidentId, id, { signal });
    for (;;) {
      const plan = await operators.author.readPlan(this.#incidentId, id, { signal });
      if (plan.state === "in-force") return plan;
      const failure = plan.publishing?.lastFailure;
      if (
        failure !== undefined &&
        failure !== null &&
        (plan.publishing?.attempts ?? 0) > publishAttemptsMax
      ) {
        throw new DrillError("ERR_DRILL_PROCESS", `the bundle does not come into force: ${failure}`);
      }
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
    await operators.author.giveAllClear(this.#incidentId, { signal });
  }
}

const publishAttemptsMax = 5;
const discoveredBeforeMs = 6 * 3_600_000;
