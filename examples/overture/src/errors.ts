import { CordonError } from "@cordon/model";

export type OvertureErrorCode =
  | "ERR_OVERTURE_OPTION"
  | "ERR_OVERTURE_HOME"
  | "ERR_OVERTURE_POPULATION"
  | "ERR_OVERTURE_LOG"
  | "ERR_OVERTURE_LIBRARY"
  | "ERR_OVERTURE_REPLAY";

export class OvertureError extends CordonError<OvertureErrorCode> {}
