import type * as contract from "@cordon/contract";
import { incidentPath, type CommandOptions, type QueryOptions } from "./calls.ts";
import { RetentionCalls } from "./retention-calls.ts";

/** The calls on legal deadlines. What they answer is information with its source, not legal advice. */
export abstract class DutyCalls extends RetentionCalls {
  async readDuties(incidentId: string, options: QueryOptions = {}): Promise<contract.IncidentDuties> {
    return (await this.get(`${incidentPath(incidentId)}/duties`, options)) as contract.IncidentDuties;
  }

  async setDutyMarkets(
    incidentId: string,
    body: contract.SetDutyMarkets,
    options: CommandOptions = {},
  ): Promise<contract.IncidentDuties> {
    const path = `${incidentPath(incidentId)}/duties/markets`;
    return (await this.command(path, body, options)) as contract.IncidentDuties;
  }

  /** `at` may lie back; one that moves a known time later needs `because`. */
  async recordDutyEvent(
    incidentId: string,
    body: contract.RecordDutyEvent,
    options: CommandOptions = {},
  ): Promise<contract.IncidentDuties> {
    const path = `${incidentPath(incidentId)}/duties/events`;
    return (await this.command(path, body, options)) as contract.IncidentDuties;
  }

  async markDutyDone(
    incidentId: string,
    ruleId: string,
    body: contract.MarkDutyDone,
    options: CommandOptions = {},
  ): Promise<contract.IncidentDuties> {
    const path = `${dutyPath(incidentId, ruleId)}/completion`;
    return (await this.command(path, body, options)) as contract.IncidentDuties;
  }

  async waiveDuty(
    incidentId: string,
    ruleId: string,
    body: contract.WaiveDuty,
    options: CommandOptions = {},
  ): Promise<contract.IncidentDuties> {
    const path = `${dutyPath(incidentId, ruleId)}/waiver`;
    return (await this.command(path, body, options)) as contract.IncidentDuties;
  }

  async reopenDuty(
    incidentId: string,
    ruleId: string,
    body: contract.Because,
    options: CommandOptions = {},
  ): Promise<contract.IncidentDuties> {
    const path = `${dutyPath(incidentId, ruleId)}/reopening`;
    return (await this.command(path, body, options)) as contract.IncidentDuties;
  }

  async extendDuty(
    incidentId: string,
    ruleId: string,
    body: contract.ExtendDuty,
    options: CommandOptions = {},
  ): Promise<contract.IncidentDuties> {
    const path = `${dutyPath(incidentId, ruleId)}/extension`;
    return (await this.command(path, body, options)) as contract.IncidentDuties;
  }

  async tollDuty(
    incidentId: string,
    ruleId: string,
    body: contract.TollDuty,
    options: CommandOptions = {},
  ): Promise<contract.IncidentDuties> {
    const path = `${dutyPath(incidentId, ruleId)}/standstill`;
    return (await this.command(path, body, options)) as contract.IncidentDuties;
  }

  /** A draft from the claims that hold; a person completes and files it. */
  async draftAuthorityForm(
    incidentId: string,
    ruleId: string,
    options: QueryOptions = {},
  ): Promise<contract.AuthorityForm> {
    return (await this.get(`${dutyPath(incidentId, ruleId)}/form`, options)) as contract.AuthorityForm;
  }
}

function dutyPath(incidentId: string, ruleId: string): string {
  return `${incidentPath(incidentId)}/duties/${encodeURIComponent(ruleId)}`;
}
