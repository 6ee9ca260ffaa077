import type { Answer } from "@cordon/scope";
import type { Cohort } from "./cohort.ts";

interface Asked {
  /** The end of the question's window: accounts created at or after it were not there to be reached. RFC 3339 with `Z`. */
  readonly windowTo: string;
  /** No people. */
  readonly decoys: readonly string[];
}

/**
 * All accounts that the suspects could have reached, as an answer tells it (contracts 2). `atMost` counts the accounts that
 * successful reads name, those that reads of unknown people (`rows`) may have been, and everybody of the stores that a gap or
 * an unclassified success leaves open. Only where it is the number of those named is it known who they are. In every other
 * case nothing says which accounts the others are (a directory does not tell who is in which store), so it is everybody who
 * had an account before the window ended: never fewer than could have been reached.
 */
export function reachableCohort(
  answer: Pick<Answer, "accounts" | "accountIds" | "accountIdsTruncated">,
  { windowTo, decoys }: Asked,
): Cohort {
  const { accounts, accountIds, accountIdsTruncated } = answer;
  const planted: Cohort = { accounts: decoys };
  // Some of those named are not in the list, and may have been created at any time.
  if (accountIdsTruncated) return { minus: [{ everyone: true }, planted] };
  const named: Cohort = { accounts: accountIds };
  if (accounts.atMost === accountIds.length) return { minus: [named, planted] };
  return { minus: [{ union: [named, { directory: { createdBefore: windowTo } }] }, planted] };
}
