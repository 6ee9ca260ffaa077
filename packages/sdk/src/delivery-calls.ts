import type * as contract from "@cordon/contract";
import {
  incidentPath,
  noticePath,
  type CommandOptions,
  type PageOptions,
  type QueryOptions,
} from "./calls.ts";
import { DutyCalls } from "./duty-calls.ts";

/** The calls on what became of messages. */
export abstract class DeliveryCalls extends DutyCalls {
  async readDeliveries(
    incidentId: string,
    noticeId: string,
    options: QueryOptions = {},
  ): Promise<contract.Deliveries> {
    return (await this.get(`${noticePath(incidentId, noticeId)}/deliveries`, options)) as contract.Deliveries;
  }

  async previewNotice(
    incidentId: string,
    noticeId: string,
    locale: string,
    options: QueryOptions = {},
  ): Promise<contract.NoticePreviews> {
    const path = `${noticePath(incidentId, noticeId)}/previews/${encodeURIComponent(locale)}`;
    return (await this.get(path, options)) as contract.NoticePreviews;
  }

  async listNotSent(
    incidentId: string,
    noticeId: string,
    options: PageOptions = {},
  ): Promise<contract.NotSentList> {
    return (await this.page(`${noticePath(incidentId, noticeId)}/not-sent`, options)) as contract.NotSentList;
  }

  async haltNotices(
    incidentId: string,
    body: contract.Because,
    options: CommandOptions = {},
  ): Promise<contract.Halted> {
    return (await this.command(`${incidentPath(incidentId)}/notice-halts`, body, options)) as contract.Halted;
  }

  async resumeNotice(
    incidentId: string,
    noticeId: string,
    body: contract.Because,
    options: CommandOptions = {},
  ): Promise<contract.Deliveries> {
    return (await this.command(
      `${noticePath(incidentId, noticeId)}/resumptions`,
      body,
      options,
    )) as contract.Deliveries;
  }

  async retryUnknown(
    incidentId: string,
    noticeId: string,
    body: contract.RetryUnknown,
    options: CommandOptions = {},
  ): Promise<contract.Retried> {
    return (await this.command(
      `${noticePath(incidentId, noticeId)}/retries`,
      body,
      options,
    )) as contract.Retried;
  }
}
