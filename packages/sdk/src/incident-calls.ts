import type * as contract from "@cordon/contract";
import {
  incidentPath,
  noticePath,
  type CommandOptions,
  type PageOptions,
  type QueryOptions,
} from "./calls.ts";
import { DeliveryCalls } from "./delivery-calls.ts";

/** Reading gigabytes of evidence takes its time. */
const questionTimeoutMs = 600_000;

/** The calls on incidents. */
export abstract class IncidentCalls extends DeliveryCalls {
  async listIncidents(options: PageOptions = {}): Promise<contract.IncidentList> {
    return (await this.page("/v1/incidents", options)) as contract.IncidentList;
  }

  async openIncident(body: contract.OpenIncident, options: CommandOptions = {}): Promise<contract.Incident> {
    return (await this.command("/v1/incidents", body, options)) as contract.Incident;
  }

  async readIncident(incidentId: string, options: QueryOptions = {}): Promise<contract.Incident> {
    return (await this.get(incidentPath(incidentId), options)) as contract.Incident;
  }

  async readTimeline(incidentId: string, options: PageOptions = {}): Promise<contract.Timeline> {
    return (await this.page(`${incidentPath(incidentId)}/timeline`, options)) as contract.Timeline;
  }

  async readFallout(incidentId: string, options: QueryOptions = {}): Promise<contract.Fallout> {
    return (await this.get(`${incidentPath(incidentId)}/fallout`, options)) as contract.Fallout;
  }

  async moveIncident(
    incidentId: string,
    body: contract.MoveIncident,
    options: CommandOptions = {},
  ): Promise<contract.Incident> {
    return (await this.command(`${incidentPath(incidentId)}/stage`, body, options)) as contract.Incident;
  }

  async reopenIncident(
    incidentId: string,
    body: contract.Because,
    options: CommandOptions = {},
  ): Promise<contract.Incident> {
    return (await this.command(`${incidentPath(incidentId)}/reopening`, body, options)) as contract.Incident;
  }

  async setSeverity(
    incidentId: string,
    body: contract.SetSeverity,
    options: CommandOptions = {},
  ): Promise<contract.Incident> {
    return (await this.command(`${incidentPath(incidentId)}/severity`, body, options)) as contract.Incident;
  }

  async grantRole(
    incidentId: string,
    body: contract.ChangeRole,
    options: CommandOptions = {},
  ): Promise<contract.Incident> {
    return (await this.command(`${incidentPath(incidentId)}/people`, body, options)) as contract.Incident;
  }

  async revokeRole(
    incidentId: string,
    body: contract.ChangeRole,
    options: CommandOptions = {},
  ): Promise<contract.Incident> {
    return (await this.command(
      `${incidentPath(incidentId)}/people/revocations`,
      body,
      options,
    )) as contract.Incident;
  }

  async addNote(
    incidentId: string,
    body: contract.AddNote,
    options: CommandOptions = {},
  ): Promise<contract.Note> {
    return (await this.command(`${incidentPath(incidentId)}/notes`, body, options)) as contract.Note;
  }

  async addTask(
    incidentId: string,
    body: contract.AddTask,
    options: CommandOptions = {},
  ): Promise<contract.Task> {
    return (await this.command(`${incidentPath(incidentId)}/tasks`, body, options)) as contract.Task;
  }

  async finishTask(
    incidentId: string,
    taskId: string,
    body: contract.FinishTask,
    options: CommandOptions = {},
  ): Promise<contract.Task> {
    return (await this.command(
      `${incidentPath(incidentId)}/tasks/${encodeURIComponent(taskId)}/outcome`,
      body,
      options,
    )) as contract.Task;
  }

  /** `name` is for people; the file is known by its SHA-256. */
  async attachFile(
    incidentId: string,
    file: { readonly name: string; readonly bytes: Uint8Array },
    options: CommandOptions = {},
  ): Promise<contract.Attachment> {
    const headers = { "attachment-name": encodeURIComponent(file.name) };
    const path = `${incidentPath(incidentId)}/attachments`;
    return (await this.command(path, file.bytes, options, { headers })) as contract.Attachment;
  }

  async readAttachment(
    incidentId: string,
    attachmentId: string,
    options: QueryOptions = {},
  ): Promise<Uint8Array> {
    return this.bytes(`${incidentPath(incidentId)}/attachments/${encodeURIComponent(attachmentId)}`, options);
  }

  async askQuestion(
    incidentId: string,
    body: contract.AskQuestion,
    options: CommandOptions = {},
  ): Promise<contract.Answer> {
    return (await this.command(`${incidentPath(incidentId)}/answers`, body, options, {
      timeoutMs: questionTimeoutMs,
    })) as contract.Answer;
  }

  async acceptAssumption(
    incidentId: string,
    body: contract.AcceptAssumption,
    options: CommandOptions = {},
  ): Promise<contract.AcceptedAssumption> {
    return (await this.command(
      `${incidentPath(incidentId)}/assumptions`,
      body,
      options,
    )) as contract.AcceptedAssumption;
  }

  async makeClaim(
    incidentId: string,
    body: contract.MakeClaim,
    options: CommandOptions = {},
  ): Promise<contract.Claim> {
    return (await this.command(`${incidentPath(incidentId)}/claims`, body, options)) as contract.Claim;
  }

  async recordDecision(
    incidentId: string,
    body: contract.RecordDecision,
    options: CommandOptions = {},
  ): Promise<contract.Decision> {
    return (await this.command(`${incidentPath(incidentId)}/decisions`, body, options)) as contract.Decision;
  }

  async stateNoIncreasedRisk(
    incidentId: string,
    body: contract.StateNoIncreasedRisk,
    options: CommandOptions = {},
  ): Promise<contract.RiskDecision> {
    return (await this.command(
      `${incidentPath(incidentId)}/risk-decisions`,
      body,
      options,
    )) as contract.RiskDecision;
  }

  async signNoIncreasedRisk(
    incidentId: string,
    decisionId: string,
    body: contract.SignNoIncreasedRisk,
    options: CommandOptions = {},
  ): Promise<contract.RiskDecision> {
    return (await this.command(
      `${incidentPath(incidentId)}/risk-decisions/${encodeURIComponent(decisionId)}/signature`,
      body,
      options,
    )) as contract.RiskDecision;
  }

  async draftNotice(
    incidentId: string,
    body: contract.DraftNotice,
    options: CommandOptions = {},
  ): Promise<contract.Notice> {
    return (await this.command(`${incidentPath(incidentId)}/notices`, body, options)) as contract.Notice;
  }

  async readNotice(
    incidentId: string,
    noticeId: string,
    options: QueryOptions = {},
  ): Promise<contract.Notice> {
    return (await this.get(noticePath(incidentId, noticeId), options)) as contract.Notice;
  }

  /** Sending starts then; `readNotice` tells how far it has come. */
  async approveNotice(
    incidentId: string,
    noticeId: string,
    options: CommandOptions = {},
  ): Promise<contract.Notice> {
    return (await this.command(
      `${noticePath(incidentId, noticeId)}/approvals`,
      undefined,
      options,
    )) as contract.Notice;
  }

  async setAllClearCriteria(
    incidentId: string,
    body: contract.AllClearCriteria,
    options: CommandOptions = {},
  ): Promise<contract.Incident> {
    return (await this.command(
      `${incidentPath(incidentId)}/all-clear/criteria`,
      body,
      options,
    )) as contract.Incident;
  }

  async judgeAllClear(incidentId: string, options: QueryOptions = {}): Promise<contract.AllClearJudgement> {
    return (await this.get(`${incidentPath(incidentId)}/all-clear`, options)) as contract.AllClearJudgement;
  }

  async giveAllClear(incidentId: string, options: CommandOptions = {}): Promise<contract.Incident> {
    return (await this.command(
      `${incidentPath(incidentId)}/all-clear`,
      undefined,
      options,
    )) as contract.Incident;
  }
}
