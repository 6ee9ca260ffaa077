import type * as contract from "@cordon/contract";
import { Calls, incidentPath, type CommandOptions, type PageOptions } from "./calls.ts";

/** The calls on how long personal data is kept, and on letting it go. */
export abstract class RetentionCalls extends Calls {
  /** Closed incidents whose personal data is past its retention, or has none, and is still there. */
  async listDueData(options: PageOptions = {}): Promise<contract.DueData> {
    return (await this.page("/v1/retention", options)) as contract.DueData;
  }

  async setRetention(
    incidentId: string,
    body: contract.SetRetention,
    options: CommandOptions = {},
  ): Promise<contract.Incident> {
    return this.#onIncident(incidentId, "retention", body, options);
  }

  async setLegalHold(
    incidentId: string,
    body: contract.Because,
    options: CommandOptions = {},
  ): Promise<contract.Incident> {
    return this.#onIncident(incidentId, "legal-hold", body, options);
  }

  async liftLegalHold(
    incidentId: string,
    body: contract.Because,
    options: CommandOptions = {},
  ): Promise<contract.Incident> {
    return this.#onIncident(incidentId, "legal-hold/lifting", body, options);
  }

  async askShred(
    incidentId: string,
    body: contract.Because,
    options: CommandOptions = {},
  ): Promise<contract.Incident> {
    return this.#onIncident(incidentId, "shredding", body, options);
  }

  /** Two must agree, neither of them the one who asked. */
  async approveShred(
    incidentId: string,
    body: contract.ApproveShred,
    options: CommandOptions = {},
  ): Promise<contract.Incident> {
    return this.#onIncident(incidentId, "shredding/approvals", body, options);
  }

  async declineShred(
    incidentId: string,
    body: contract.DeclineShred,
    options: CommandOptions = {},
  ): Promise<contract.Incident> {
    return this.#onIncident(incidentId, "shredding/declines", body, options);
  }

  async #onIncident(
    incidentId: string,
    path: string,
    body: unknown,
    options: CommandOptions,
  ): Promise<contract.Incident> {
    return (await this.command(`${incidentPath(incidentId)}/${path}`, body, options)) as contract.Incident;
  }
}
