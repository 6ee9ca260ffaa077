import type { ReplayAnswer, ReplayStep } from "../api/replay-api.ts";
import { replaySteps } from "../api/replay-api.ts";
import { OvertureError } from "../errors.ts";

/** Lets the incident happen to one account once more. Concurrency: one act at a time for an account. */
export interface IncidentReplay {
  /** The acts whose measures are in force for the account. Throws when nobody plays along now. */
  inForce(accountId: string): Promise<readonly ReplayStep[]>;
  /** Resolves once the act's measures are in force, or for `clear` once all are lifted. Throws as `inForce`. */
  act(accountId: string, step: ReplayStep): Promise<readonly ReplayStep[]>;
}

/** A measure is approved, built, signed and fetched in a few seconds. */
const answerMsMax = 60_000;

/** The replay in a process of its own, which commands the control plane. `url` is on this machine. */
export class RemoteReplay implements IncidentReplay {
  readonly #url: string;
  readonly #token: string;

  constructor({ url, token }: { readonly url: string; readonly token: string }) {
    this.#url = url;
    this.#token = token;
  }

  inForce(accountId: string): Promise<readonly ReplayStep[]> {
    return this.#ask(accountId, null);
  }

  act(accountId: string, step: ReplayStep): Promise<readonly ReplayStep[]> {
    return this.#ask(accountId, step);
  }

  async #ask(accountId: string, step: ReplayStep | null): Promise<readonly ReplayStep[]> {
    const answer = await fetch(this.#url, {
      method: "POST",
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
      body: JSON.stringify({ accountId, step }),
      signal: AbortSignal.timeout(answerMsMax),
    });
    if (!answer.ok) throw new OvertureError("ERR_OVERTURE_REPLAY", `the replay answers ${answer.status}`);
    const { inForce } = (await answer.json()) as Pick<ReplayAnswer, "inForce">;
    return replaySteps.filter((known) => inForce.includes(known));
  }
}
