import { Type, type Static } from "typebox";

/** A problem of RFC 9457. `code` narrows the type where one type has several reasons; `hint` says what to do next. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: "one of the problem types of this API" }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.Optional(Type.String()),
    code: Type.Optional(Type.String()),
    hint: Type.Optional(Type.String()),
    /** Where in the request the fault lies. */
    pointer: Type.Optional(Type.String({ description: "JSON Pointer (RFC 6901) into the request" })),
    /** Every reason of a refusal, when there are several. */
    reasons: Type.Optional(Type.Array(Type.String())),
  },
  { title: "Problem" },
);
export type Problem = Static<typeof Problem>;

const base = "urn:cordon:problem:";

/** Every problem type of the API with its status, in one table. */
export const problemTypes = {
  "invalid-request": { status: 400, title: "The request is not what this operation takes" },
  unauthenticated: { status: 401, title: "A bearer token is needed" },
  forbidden: { status: 403, title: "This token may not do that" },
  "not-found": { status: 404, title: "There is nothing here" },
  refused: { status: 409, title: "The incident does not allow this now" },
  "body-too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "The body must be JSON" },
  "wrong-input": { status: 422, title: "The input can't be used" },
  "idempotency-key-reused": { status: 422, title: "This idempotency key belongs to another request" },
  "too-many-requests": { status: 429, title: "Too many requests" },
  internal: { status: 500, title: "The control plane failed" },
  unavailable: { status: 503, title: "The control plane can't do this at the moment" },
} as const;

export type ProblemName = keyof typeof problemTypes;

/** A problem of a named type. */
export function problem(
  name: ProblemName,
  more: { detail?: string; code?: string; hint?: string; pointer?: string; reasons?: string[] } = {},
): Problem {
  const { status, title } = problemTypes[name];
  return { type: `${base}${name}`, title, status, ...more };
}
