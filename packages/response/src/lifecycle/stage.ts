/**
 * Where the response stands, in the terms of NIST SP 800-61 rev. 2, 3: detection and analysis (`detected`,
 * `investigating`), containment and eradication (`contained`), recovery (`recovering`), post-incident (`closed`).
 */
export const stages = ["detected", "investigating", "contained", "recovering", "closed"] as const;
export type Stage = (typeof stages)[number];

/**
 * Where an incident may go by `move-incident`. Forward by one step; back as far as new findings take it, for SP 800-61 runs
 * in circles between analysis and containment. `closed` is entered by the all clear and left by reopening alone.
 */
export const stageMoves: { readonly [From in Stage]: readonly Stage[] } = {
  detected: ["investigating"],
  investigating: ["contained"],
  contained: ["investigating", "recovering"],
  recovering: ["investigating", "contained"],
  closed: [],
};

/** How bad it is, the worst first. */
export const severities = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof severities)[number];
