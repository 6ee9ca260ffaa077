import { CordonError } from "@cordon/model";

export type OvertureErrorCode =
  "ERR_OVERTURE_OPTION" | "ERR_OVERTURE_HOME" | "ERR_OVERTURE_POPULATION" | "ERR_OVERTURE_LOG";

export class OvertureError extends CordonError<OvertureErrorCode> {}
