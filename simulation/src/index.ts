export { parseDrillOptions, type DrillOptions } from "./drill/drill-options.ts";
export type { DrillReport } from "./report/report.ts";
