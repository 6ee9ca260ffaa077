export { freePort } from "./free-port.ts";
export { startTestPostgres, type TestPostgres } from "./test-postgres.ts";
export {
  hiddenIncident,
  tellOverDays,
  type HiddenIncident,
  type HiddenIncidentOptions,
  type ToldDay,
} from "./hidden-incident.ts";
export type { HiddenFile } from "./hidden-incident-logs.ts";
export { packFiles, readFiles, repackFiles } from "./hidden-incident-packing.ts";
export { hiddenFormats, type HiddenFormat } from "./hidden-incident-writers.ts";
export { answerPlainly, type OracleAnswer, type OracleAsked } from "./scope-oracle.ts";
export { readSource, type OracleEvent, type OracleReading } from "./scope-oracle-events.ts";
export type { OracleMap, OracleSource } from "./scope-oracle-map.ts";
export { SeededRandom } from "./seeded-random.ts";
export {
  changeByte,
  cloudTrail,
  makeTrailKey,
  packTrailFile,
  type TrailFile,
  type TrailKey,
  type TrailOptions,
} from "./cloudtrail-trail.ts";
export { judgeLog, type LogJudgement } from "./log-oracle.ts";
export {
  generatePolicy,
  generateRequest,
  generateTightening,
  nearMs,
  Random,
  type GeneratedPolicy,
} from "./gate-cases.ts";
export { oracle, orderOf, type PlainClient, type PlainRequest, type PlainRule } from "./gate-oracle.ts";
