import { CordonError } from "@cordon/model";

export type EnforcementErrorCode =
  "ERR_ENFORCEMENT_KEY" | "ERR_ENFORCEMENT_OPTION" | "ERR_ENFORCEMENT_SOURCE";

export class EnforcementError extends CordonError<EnforcementErrorCode> {}
