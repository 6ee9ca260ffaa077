import { createHash } from "node:crypto";

import { canonicalJson } from "@cordon/model";

import type { Answer } from "./answer.ts";

/**
 * `sha256:` and the hex SHA-256 of the answer's RFC 8785 form without the digest itself and `evidence.rejectedLines`,
 * the only part that holds paths.
 */
export function answerDigest(answer: Omit<Answer, "answerDigest">): string {
  const evidence = Object.fromEntries(
    Object.entries(answer.evidence).filter(([key]) => key !== "rejectedLines"),
  );
  return `sha256:${createHash("sha256")
    .update(canonicalJson({ ...answer, evidence }))
    .digest("hex")}`;
}
