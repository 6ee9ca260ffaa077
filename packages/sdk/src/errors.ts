import type { Problem } from "@cordon/contract";
import { CordonError } from "@cordon/model";

/**
 * What a call to the API can end with besides its answer: a problem that the server named, no connection after every
 * attempt, or an answer that is not of this API.
 */
export class ApiError extends CordonError<"ERR_API_PROBLEM" | "ERR_API_UNREACHABLE" | "ERR_API_UNREADABLE"> {
  /** The HTTP status, null when there was no answer. */
  readonly status: number | null;
  /** The problem as the server sent it; null unless `code` is `ERR_API_PROBLEM`. */
  readonly problem: Problem | null;

  constructor(
    code: "ERR_API_PROBLEM" | "ERR_API_UNREACHABLE" | "ERR_API_UNREADABLE",
    message: string,
    more: { status?: number; problem?: Problem; cause?: unknown } = {},
  ) {
    super(code, message, {
      ...(more.cause === undefined ? {} : { cause: more.cause }),
      ...(more.problem?.hint === undefined ? {} : { hint: more.problem.hint }),
    });
    this.status = more.status ?? null;
    this.problem = more.problem ?? null;
  }
}
