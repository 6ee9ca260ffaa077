import type { Format } from "../data-map.ts";
import { PathTally, type Tallies } from "./path-tally.ts";
import type { OutcomeProposal } from "./source-profile.ts";

const refusalWords =
  /^(fail(ed|ure)?|den(y|ied)|refused?|reject(ed)?|forbidden|unauthori[sz]ed|invalid|blocked|false|ko|no|not[_ -]?found|bad[_ -]?request|access[_ -]?denied)$/i;
const shownMax = 20;

/** Statuses of HTTP that may have carried data to the client, or changed what is stored (RFC 9110 §15). */
const httpSuccesses = [200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 307, 308];

/**
 * Which outcomes to count as successes. Whatever is not listed in a map is a refused attempt and exposes nobody, so
 * everything doubtful is listed, and a list that could be short is only shown (`isClosed` false).
 */
export function proposeOutcome(path: string, format: Format, tallies: Tallies): OutcomeProposal {
  const tally = tallies.scalars.get(path) ?? new PathTally(path);
  const seen = [...tally.values.keys()];
  const isAbsentSometimes = tally.present < tallies.records;
  if (format === "cloudtrail" && path === "errorCode") {
    return {
      path,
      values: [null],
      refused: seen.slice(0, shownMax),
      isClosed: true,
      why: "CloudTrail writes an errorCode on refused calls alone",
    };
  }
  if (format === "ocsf" && path === "status_id") {
    return {
      path,
      values: [1, 0, 99, null],
      refused: seen.filter((value) => value === "2"),
      isClosed: true,
      why: "OCSF: 1 success, 2 failure; unknown (0), other (99) and absent count as successes unless you know better",
    };
  }
  const absent = isAbsentSometimes ? [null] : [];
  if (tally.booleans === tally.present) {
    const good = !/^(error|failed|failure|denied|blocked|refused)$/.test(tally.plainName);
    return {
      path,
      values: [good, ...absent],
      refused: seen.filter((value) => value !== String(good)),
      isClosed: true,
      why: isAbsentSometimes ? "a boolean; absent counts as success unless you know better" : "a boolean",
    };
  }
  if (seen.length > 0 && seen.every((value) => /^[1-5]\d\d$/.test(value))) {
    const serverErrors = seen
      .map(Number)
      .filter((status) => status >= 500)
      .sort((a, b) => a - b);
    return {
      path,
      values: [...httpSuccesses, ...serverErrors, ...absent],
      refused: seen.filter((value) => /^[14]/.test(value)).sort(),
      isClosed: true,
      why:
        serverErrors.length === 0
          ? "HTTP statuses: 2xx and 3xx"
          : "HTTP statuses: 2xx, 3xx, and the 5xx seen, because a request that failed late may have read",
    };
  }
  const refused = seen.filter((value) => refusalWords.test(value));
  const succeeded = seen.filter((value) => !refusalWords.test(value));
  return {
    path,
    values: [...succeeded.slice(0, shownMax), ...absent],
    refused: refused.slice(0, shownMax),
    isClosed: false,
    why: "values that the sample does not show would count as refused; without `succeeded` every event counts as a success",
  };
}
