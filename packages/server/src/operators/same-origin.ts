import type { FastifyRequest } from "fastify";

/**
 * Whether a page of this server itself sent a request. Browsers say so in headers that no page can set: Sec-Fetch-Site, and
 * Origin with everything that isn't GET (`null` where a page keeps its address to itself). What has neither comes from no
 * browser that we know.
 */
export function isSameOrigin(request: FastifyRequest, origin: string): boolean {
  const { "sec-fetch-site": site, origin: from } = request.headers;
  if (site !== undefined && site !== "same-origin") return false;
  if (from !== undefined && from !== "null") return from === origin || hostOf(from) === request.headers.host;
  return site === "same-origin";
}

function hostOf(origin: string): string | null {
  return URL.parse(origin)?.host ?? null;
}
