/** Problem types of Overture's own (RFC 9457); the gate's begin with `urn:cordon:problem:`. */
export const problemTypes = {
  signIn: "urn:overture:problem:sign-in",
  wrongPassword: "urn:overture:problem:wrong-password",
  tooManyGuesses: "urn:overture:problem:too-many-guesses",
  crossSite: "urn:overture:problem:cross-site",
  notFound: "urn:overture:problem:not-found",
  conflict: "urn:overture:problem:conflict",
  linkExpired: "urn:overture:problem:link-expired",
  wrongInput: "urn:overture:problem:wrong-input",
  tooMany: "urn:overture:problem:too-many",
  notEnrolled: "urn:overture:problem:not-enrolled",
  wipeFirst: "urn:overture:problem:wipe-first",
  epochOutdated: "urn:overture:problem:epoch-outdated",
  notAdmitted: "urn:overture:problem:not-admitted",
} as const;

export type ProblemName = keyof typeof problemTypes;

/** Every answer from 400 on is `application/problem+json`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
}
