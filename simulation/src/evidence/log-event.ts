/** One request as a service of Overture logs it; `seq` comes when the log is written. */
export interface LogEvent {
  readonly tsMs: number;
  readonly principal: string;
  readonly ip: string;
  readonly sid: string;
  readonly op: string;
  readonly status: number;
  readonly userId?: string;
  readonly ids?: readonly string[];
  readonly count?: number;
}

/** The line of an event, in the fields that the data map names. */
export function logLine(event: LogEvent, source: string, seq: number): string {
  return JSON.stringify({
    ts: new Date(event.tsMs).toISOString(),
    req_id: `${source}-${seq.toString(36)}`,
    principal: event.principal,
    ip: event.ip,
    sid: event.sid,
    op: event.op,
    status: event.status,
    seq,
    ...(event.userId === undefined ? {} : { params: { user_id: event.userId } }),
    ...(event.ids === undefined && event.count === undefined
      ? {}
      : {
          result: {
            ...(event.ids === undefined ? {} : { ids: event.ids }),
            ...(event.count === undefined ? {} : { count: event.count }),
          },
        }),
  });
}
