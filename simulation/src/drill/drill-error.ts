import { CordonError } from "@cordon/model";

/**
 * `ERR_DRILL_INPUT`: the drill was asked for something it can't do (exit code 2). `ERR_DRILL_PROCESS`: a process that
 * it started failed. `ERR_DRILL_INTERRUPTED`: somebody ended it.
 */
export class DrillError extends CordonError<
  "ERR_DRILL_INPUT" | "ERR_DRILL_PROCESS" | "ERR_DRILL_INTERRUPTED"
> {}
