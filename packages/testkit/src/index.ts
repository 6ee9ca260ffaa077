export { startTestPostgres, type TestPostgres } from "./test-postgres.ts";
export { hiddenIncident, type HiddenIncident } from "./hidden-incident.ts";
export { SeededRandom } from "./seeded-random.ts";
