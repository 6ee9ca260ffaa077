import { timingSafeEqual } from "node:crypto";

import type { FastifyRequest } from "fastify";

/** Whether the request bears the admin token; compared in constant time. */
export function isAdmin(request: FastifyRequest, adminToken: string): boolean {
  const [given, expected] = [request.headers.authorization ?? "", `Bearer ${adminToken}`].map((text) =>
    Buffer.from(text),
  );
  return (
    given !== undefined &&
    expected !== undefined &&
    given.length === expected.length &&
    timingSafeEqual(given, expected)
  );
}
