export { askDefaults } from "./ask-url.ts";
export { claimParts, type ClaimNames, type ClaimPart, type ClientTable } from "./claim-reading.ts";
export type { DirectoryBatch } from "./directory-checks.ts";
export { examine, tokensMax, type Examination, type ExaminationInput } from "./examine.ts";
export { examinedMeasures, type ExaminedMeasure, type Finding, type Verdict } from "./finding.ts";
export { askGateway } from "./gateway.ts";
export { fetchIssuer, type Issuer } from "./issuer.ts";
export { parseTokenLine, tokenCharsMax, type TokenSample } from "./token-sample.ts";
export { certainLockOuts, lockOutsByTokens, type LockOut } from "./lock-out.ts";
