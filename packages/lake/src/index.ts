export { LakeError, type LakeErrorCode } from "./errors.ts";
export { defaultEngineLimits, type EngineLimits } from "./directory/engine-limits.ts";
export {
  countAccounts,
  readAccounts,
  readAccountsInBulk,
  type AccountBatch,
} from "./directory/read-accounts.ts";
export type { PackedAccounts } from "./directory/packed-accounts.ts";
export { readAccountTexts, type AccountText, type AccountTextBatch } from "./directory/read-account-texts.ts";
export {
  openPopulation,
  type Population,
  type PopulationOptions,
  type PopulationSource,
} from "./directory/population.ts";
export {
  importDirectory,
  importDirectoryFromPostgres,
  type DirectoryImport,
  type DirectoryProgress,
  type PostgresImport,
} from "./directory/import-directory.ts";
export type { PostgresRelation, PostgresSource } from "./directory/postgres/postgres-source.ts";
export { fetchDirectory, type DirectorySource, type FetchedDirectory } from "./directory/fetch-directory.ts";
export type { Cohort, DirectoryCohort, OneOrMore } from "./directory/cohort.ts";
export type { GroupCounts, GroupCountsRequest, InstallationGroup } from "./directory/count-groups.ts";
export { writeColumns } from "./directory/columns/write-columns.ts";
export { reachableCohort } from "./directory/reachable-cohort.ts";
export type { CohortBitmap } from "./directory/cohort-bitmap.ts";
export {
  openDirectory,
  type AccountRecord,
  type CohortMembers,
  type CohortOptions,
  type Contact,
  type ContactsPage,
  type Directory,
} from "./directory/directory.ts";
export type { DirectoryState } from "./directory/lake-folder.ts";
export { profileEvidence, type EvidenceProfile, type ProfiledSource } from "./profile/profile-evidence.ts";
export { runScope, type ScopeRequest, type ScopeResult } from "./evidence/run-scope.ts";
export {
  importEvidence,
  type EvidenceImport,
  type EvidenceImportRequest,
} from "./evidence/import-evidence.ts";
export type { ReadingProgress } from "./evidence/reading-progress.ts";
export type { SuspectAccess, SuspectEvent } from "./evidence/suspect-events.ts";
export {
  isClickHouseUrl,
  parseClickHouseUrl,
  type ClickHouseLake,
  type ClickHouseTarget,
} from "./clickhouse/clickhouse-target.ts";
export {
  publishLake,
  type Publication,
  type PublishProgress,
  type PublishRequest,
} from "./clickhouse/publish-lake.ts";
