import type { FastifyInstance, FastifyRequest } from "fastify";

const formBytesMax = 16 * 1024;

/** Reads forms as browsers send them without script. */
export function acceptForms(scope: FastifyInstance): void {
  scope.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string", bodyLimit: formBytesMax },
    (_request, body, parsed) => parsed(null, new URLSearchParams(body.toString())),
  );
}

/** A field of the form; empty when it is missing or longer than `charsMax`. */
export function field(request: FastifyRequest, name: string, charsMax = 1024): string {
  const value = request.body instanceof URLSearchParams ? (request.body.get(name) ?? "") : "";
  return value.length > charsMax ? "" : value;
}
