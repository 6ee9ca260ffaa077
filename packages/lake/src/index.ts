export { LakeError, type LakeErrorCode } from "./errors.ts";
export { defaultEngineLimits, type EngineLimits } from "./directory/engine-limits.ts";
export { countAccounts, readAccounts, type AccountBatch } from "./directory/read-accounts.ts";
export {
  openPopulation,
  type Population,
  type PopulationOptions,
  type PopulationSource,
} from "./directory/population.ts";
export { importDirectory, type DirectoryImport } from "./directory/import-directory.ts";
export { fetchDirectory, type DirectorySource, type FetchedDirectory } from "./directory/fetch-directory.ts";
export type { Cohort, DirectoryCohort, OneOrMore } from "./directory/cohort.ts";
export {
  openDirectory,
  type CohortMembers,
  type CohortOptions,
  type Contact,
  type ContactsPage,
  type Directory,
} from "./directory/directory.ts";
export type { DirectoryState } from "./directory/lake-folder.ts";
export { runScope, type ScopeRequest, type ScopeResult } from "./events/run-scope.ts";
export type { ScopeProgress } from "./events/intake.ts";
export type { SuspectAccess, SuspectEvent } from "./events/suspect-events.ts";
