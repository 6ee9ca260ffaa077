import type { FastifyReply } from "fastify";

import { problemTypes } from "../api/problem.ts";
import type { Problem, ProblemName } from "../api/problem.ts";

const problems: Readonly<Record<ProblemName, { readonly status: number; readonly title: string }>> = {
  signIn: { status: 401, title: "Sign in" },
  wrongPassword: { status: 403, title: "The password or code is wrong" },
  tooManyGuesses: { status: 429, title: "Too many attempts: wait a while" },
  crossSite: { status: 403, title: "This request came from another site" },
  notFound: { status: 404, title: "There is no such thing here" },
  conflict: { status: 409, title: "It has changed meanwhile" },
  linkExpired: { status: 410, title: "This link has expired or was used" },
  wrongInput: { status: 400, title: "The request is malformed" },
  tooMany: { status: 429, title: "That is more than one account may have" },
  notEnrolled: { status: 409, title: "This installation has given no key for offline copies" },
  wipeFirst: { status: 409, title: "Older offline copies have to be wiped first" },
  epochOutdated: { status: 409, title: "Offline copies of this epoch are issued no more" },
  notAdmitted: { status: 429, title: "The download has to wait for its turn" },
};

/** Answers with a problem document (RFC 9457). */
export function answerProblem(
  reply: FastifyReply,
  name: ProblemName,
  more: { readonly title?: string; readonly retryAfterSeconds?: number } = {},
): FastifyReply {
  const { status, title } = problems[name];
  if (more.retryAfterSeconds !== undefined) void reply.header("retry-after", String(more.retryAfterSeconds));
  const problem: Problem = { type: problemTypes[name], title: more.title ?? title, status };
  return reply
    .code(status)
    .type("application/problem+json")
    .header("cache-control", "no-store")
    .send(JSON.stringify(problem));
}
