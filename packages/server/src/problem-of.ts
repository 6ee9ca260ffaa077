import { problem, type Problem, type ProblemName } from "@cordon/contract";
import { CordonError, InputError } from "@cordon/model";
import { ResponseError } from "@cordon/response";
import type { FastifyError } from "fastify";

/** Errors by code that are neither refusals nor faults of the control plane. */
const byCode: { readonly [code: string]: ProblemName } = {
  ERR_INCIDENT_UNKNOWN: "not-found",
  ERR_PLAN_UNKNOWN: "not-found",
  ERR_NOTICE_UNKNOWN: "not-found",
  ERR_OWN_APPROVAL: "forbidden",
  ERR_ROLE: "forbidden",
  ERR_TERMS: "wrong-input",
  ERR_TEXT: "wrong-input",
  ERR_PROFILE: "wrong-input",
  ERR_ATTACHMENT: "wrong-input",
  ERR_PLANE_ROLE: "forbidden",
  ERR_PLANE_OWN_SIGNATURE: "forbidden",
  ERR_PLANE_STALE: "refused",
  ERR_PLANE_ATTACHMENT: "wrong-input",
  ERR_PLANE_NOT_FOUND: "not-found",
  ERR_PLANE_KEY_REUSED: "idempotency-key-reused",
  ERR_PLANE_EVIDENCE: "wrong-input",
  ERR_PLANE_NO_DIRECTORY: "refused",
  ERR_PLANE_NO_MAIL: "refused",
  ERR_PLANE_NO_CHANNEL: "refused",
  ERR_PLANE_RETURN: "wrong-input",
  ERR_PLANE_LANGUAGES: "refused",
  ERR_PLANE_BUSY: "unavailable",
  ERR_PLANE_CLOSED: "unavailable",
  ERR_JOURNAL_CONFLICT: "unavailable",
  ERR_JOURNAL_DATABASE: "unavailable",
  ERR_JOURNAL_BUSY: "unavailable",
  ERR_JOURNAL_CLOSED: "unavailable",
  ERR_OPERATOR_UNKNOWN: "not-found",
  ERR_OPERATOR_EXISTS: "refused",
  ERR_OPERATOR_NAME: "wrong-input",
  ERR_OPERATOR_ROLES: "wrong-input",
  ERR_OPERATOR_OWN_ROLES: "forbidden",
  ERR_OPERATOR_LAST_ADMINISTRATOR: "refused",
  ERR_OPERATOR_REVOKED: "refused",
  ERR_OPERATOR_INVITATION: "forbidden",
  ERR_OPERATOR_PASSKEY: "forbidden",
  ERR_OPERATOR_SIGN_IN: "forbidden",
  ERR_OPERATOR_LIMIT: "refused",
  ERR_OPERATOR_BUSY: "unavailable",
  ERR_TOKEN_UNKNOWN: "not-found",
  ERR_TOKEN_BY_TOKEN: "forbidden",
  ERR_TOKEN_ROLES: "wrong-input",
  ERR_LAKE_INPUT: "wrong-input",
  ERR_LAKE_FILE: "wrong-input",
  ERR_LAKE_FETCH: "unavailable",
  ERR_LAKE_BUSY: "unavailable",
  ERR_NOTICE_FACTS: "wrong-input",
  ERR_NOTICE_ADDRESS: "wrong-input",
  ERR_NOTICE_PACE: "wrong-input",
  ERR_NOTICE_RETURN: "wrong-input",
};

/** What Fastify itself refuses. */
const byFastifyCode: { readonly [code: string]: ProblemName } = {
  FST_ERR_CTP_BODY_TOO_LARGE: "body-too-large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported-media-type",
  FST_ERR_CTP_INVALID_JSON_BODY: "invalid-request",
  FST_ERR_CTP_EMPTY_JSON_BODY: "invalid-request",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "invalid-request",
  FST_ERR_BAD_URL: "not-found",
};

function pointer(path: readonly (string | number)[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** What an error means to the caller. What the caller can't help is `internal` and tells nothing of the inside. */
export function problemOf(error: unknown): Problem {
  if (error instanceof InputError) {
    return problem("wrong-input", {
      detail: `${error.message}, expected ${error.expected}`,
      code: error.code,
      pointer: pointer(error.path),
    });
  }
  if (isOurs(error)) return problemOfOurs(error);
  const { code, message, validation } = fastifyFault(error);
  if (validation !== null) return invalid(validation);
  if (error instanceof Error && isDatabaseLost(code, message)) return problem("unavailable");
  const name = code === null ? undefined : byFastifyCode[code];
  return name === undefined ? problem("internal") : problem(name, { detail: message });
}

function isOurs(error: unknown): error is CordonError {
  return error instanceof CordonError;
}

function problemOfOurs(error: CordonError): Problem {
  const hint = error.hint === null ? {} : { hint: error.hint };
  const told = { detail: error.message, code: error.code, ...hint };
  const name = byCode[error.code];
  if (error instanceof ResponseError)
    return problem(name ?? "refused", { ...told, reasons: [...error.reasons] });
  return name === undefined ? problem("internal") : problem(name, told);
}

/**
 * SQLSTATE class 08 connection exception, 57P01–57P03 shutdown, and the driver's and the system's own words: a moment later, or at
 * another server, the same request may go through.
 */
function isDatabaseLost(code: string | null, message: string): boolean {
  if (code === null)
    return /^(Connection terminated|Client has encountered a connection error)/.test(message);
  return /^(08...|57P0[123]|ECONNREFUSED|ECONNRESET|EPIPE)$/.test(code);
}

/** What Fastify puts on the errors that it makes itself. */
function fastifyFault(error: unknown): {
  code: string | null;
  message: string;
  validation: readonly SchemaFault[] | null;
} {
  if (!(error instanceof Error)) return { code: null, message: "", validation: null };
  const { code, validation } = error as Partial<FastifyError>;
  return { code: code ?? null, message: error.message, validation: validation ?? null };
}

interface SchemaFault {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
}

/** A union names every fault of every branch; the deepest is the one that the sender can do something about. */
function invalid(faults: readonly SchemaFault[]): Problem {
  const telling = faults.filter((fault) => fault.keyword !== "boolean" && fault.keyword !== "anyOf");
  const depth = (fault: SchemaFault) => fault.instancePath.split("/").length;
  const [first] = (telling.length > 0 ? telling : faults).toSorted((a, b) => depth(b) - depth(a));
  const where = first === undefined || first.instancePath === "" ? "the body" : `\`${first.instancePath}\``;
  return problem("invalid-request", {
    detail: `${where} ${first?.message ?? "is not as the API describes it"}`,
    ...(first === undefined ? {} : { pointer: first.instancePath }),
  });
}
