import { CordonError } from "@cordon/model";

type OperatorErrorCode =
  | "ERR_OPERATOR_UNKNOWN"
  | "ERR_OPERATOR_EXISTS"
  | "ERR_OPERATOR_NAME"
  | "ERR_OPERATOR_ROLES"
  | "ERR_OPERATOR_OWN_ROLES"
  | "ERR_OPERATOR_LAST_ADMINISTRATOR"
  | "ERR_OPERATOR_REVOKED"
  | "ERR_OPERATOR_INVITATION"
  | "ERR_OPERATOR_PASSKEY"
  | "ERR_OPERATOR_SIGN_IN"
  | "ERR_OPERATOR_LIMIT"
  | "ERR_OPERATOR_BUSY"
  | "ERR_TOKEN_UNKNOWN"
  | "ERR_TOKEN_BY_TOKEN"
  | "ERR_TOKEN_ROLES";

/** What can't be done with operators, their tokens and their sign-in. The message may be told to whoever asked. */
export class OperatorError extends CordonError<OperatorErrorCode> {}
