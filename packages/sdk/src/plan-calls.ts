import type * as contract from "@cordon/contract";
import { incidentPath, planPath, type CommandOptions, type QueryOptions } from "./calls.ts";
import { IncidentCalls } from "./incident-calls.ts";

/** The calls on plans and their runs. */
export abstract class PlanCalls extends IncidentCalls {
  async draftPlan(
    incidentId: string,
    body: contract.DraftPlan,
    options: CommandOptions = {},
  ): Promise<contract.Plan> {
    return (await this.command(`${incidentPath(incidentId)}/plans`, body, options)) as contract.Plan;
  }

  async readPlan(incidentId: string, planId: string, options: QueryOptions = {}): Promise<contract.Plan> {
    return (await this.get(planPath(incidentId, planId), options)) as contract.Plan;
  }

  async editPlan(
    incidentId: string,
    planId: string,
    body: contract.DraftPlan,
    options: CommandOptions = {},
  ): Promise<contract.Plan> {
    return (await this.command(`${planPath(incidentId, planId)}/revisions`, body, options)) as contract.Plan;
  }

  /** A question: it changes nothing. */
  async previewPlan(
    incidentId: string,
    planId: string,
    body: contract.PreviewPlan,
    options: CommandOptions = {},
  ): Promise<contract.Preview> {
    return (await this.command(`${planPath(incidentId, planId)}/preview`, body, options)) as contract.Preview;
  }

  /** A question: it changes nothing. */
  async planWaves(
    incidentId: string,
    planId: string,
    body: contract.PlanWaves,
    options: CommandOptions = {},
  ): Promise<contract.WaveProposal> {
    return (await this.command(
      `${planPath(incidentId, planId)}/waves`,
      body,
      options,
    )) as contract.WaveProposal;
  }

  async planProgress(
    incidentId: string,
    planId: string,
    options: QueryOptions = {},
  ): Promise<contract.PlanProgress> {
    return (await this.get(`${planPath(incidentId, planId)}/progress`, options)) as contract.PlanProgress;
  }

  /** What was asked stands in `asked` of the plan; its `digest` is what others approve. */
  async askApproval(
    incidentId: string,
    planId: string,
    body: contract.AskApproval,
    options: CommandOptions = {},
  ): Promise<contract.Plan> {
    return (await this.command(`${planPath(incidentId, planId)}/asking`, body, options)) as contract.Plan;
  }

  /** With enough approvals a plan without terms is `approved`, and `in-force` once its bundle is, which `readPlan` tells. */
  async giveApproval(
    incidentId: string,
    planId: string,
    body: contract.GiveApproval,
    options: CommandOptions = {},
  ): Promise<contract.Plan> {
    return (await this.command(`${planPath(incidentId, planId)}/approvals`, body, options)) as contract.Plan;
  }

  async declineApproval(
    incidentId: string,
    planId: string,
    body: contract.DeclineApproval,
    options: CommandOptions = {},
  ): Promise<contract.Plan> {
    return (await this.command(`${planPath(incidentId, planId)}/declines`, body, options)) as contract.Plan;
  }

  async breakGlass(
    incidentId: string,
    planId: string,
    body: contract.BreakTheGlass,
    options: CommandOptions = {},
  ): Promise<contract.Plan> {
    return (await this.command(
      `${planPath(incidentId, planId)}/break-glass`,
      body,
      options,
    )) as contract.Plan;
  }

  async reviewBreakGlass(
    incidentId: string,
    body: contract.ReviewBreakGlass,
    options: CommandOptions = {},
  ): Promise<contract.BreakGlass> {
    return (await this.command(
      `${incidentPath(incidentId)}/break-glass/reviews`,
      body,
      options,
    )) as contract.BreakGlass;
  }

  async startRun(incidentId: string, planId: string, options: CommandOptions = {}): Promise<contract.Plan> {
    return (await this.command(
      `${planPath(incidentId, planId)}/run/start`,
      undefined,
      options,
    )) as contract.Plan;
  }

  async promoteRun(incidentId: string, planId: string, options: CommandOptions = {}): Promise<contract.Plan> {
    return (await this.command(
      `${planPath(incidentId, planId)}/run/promotion`,
      undefined,
      options,
    )) as contract.Plan;
  }

  async advanceRun(incidentId: string, planId: string, options: CommandOptions = {}): Promise<contract.Plan> {
    return (await this.command(
      `${planPath(incidentId, planId)}/run/advance`,
      undefined,
      options,
    )) as contract.Plan;
  }

  async pauseRun(
    incidentId: string,
    planId: string,
    body: contract.Because,
    options: CommandOptions = {},
  ): Promise<contract.Plan> {
    return (await this.command(`${planPath(incidentId, planId)}/run/pause`, body, options)) as contract.Plan;
  }

  async resumeRun(
    incidentId: string,
    planId: string,
    body: contract.Because,
    options: CommandOptions = {},
  ): Promise<contract.Plan> {
    return (await this.command(`${planPath(incidentId, planId)}/run/resume`, body, options)) as contract.Plan;
  }

  async completeRun(
    incidentId: string,
    planId: string,
    options: CommandOptions = {},
  ): Promise<contract.Plan> {
    return (await this.command(
      `${planPath(incidentId, planId)}/run/completion`,
      undefined,
      options,
    )) as contract.Plan;
  }
}
