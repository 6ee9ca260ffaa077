import type { FastifyRequest } from "fastify";

const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a request that changes something comes from Overture's own pages, as the browser says (Fetch Metadata; Origin
 * in older ones). `unknown`: it says neither, which browsers never do for such requests.
 */
export function originOf(request: FastifyRequest, publicOrigin: string | null): "same" | "other" | "unknown" {
  if (safeMethods.has(request.method)) return "same";
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin" ? "same" : "other";
  const { origin } = request.headers;
  if (origin === undefined) return "unknown";
  if (publicOrigin !== null) return origin === publicOrigin ? "same" : "other";
  return URL.canParse(origin) && new URL(origin).host === request.host ? "same" : "other";
}
