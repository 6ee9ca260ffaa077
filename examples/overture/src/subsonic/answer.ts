import type { FastifyReply } from "fastify";

import { webPlayerVersion } from "../web-player-version.ts";
import { SubsonicError } from "./subsonic-error.ts";

export type Value = string | number | boolean | null | undefined | Node | readonly Value[];
export interface Node {
  readonly [name: string]: Value;
}

const envelope = {
  version: "1.16.1",
  type: "overture",
  serverVersion: webPlayerVersion,
  openSubsonic: true,
} as const;

/** Answers with what an endpoint found, or with why it failed: HTTP 200 either way. */
export function sendSubsonic(
  reply: FastifyReply,
  format: string | null,
  outcome: Node | SubsonicError,
): FastifyReply {
  const node: Node =
    outcome instanceof SubsonicError
      ? {
          status: "failed",
          ...envelope,
          error: {
            code: outcome.code,
            message: outcome.message,
            ...(outcome.helpUrl === null ? {} : { helpUrl: outcome.helpUrl }),
          },
        }
      : { status: "ok", ...envelope, ...outcome };
  void reply.code(200).header("cache-control", "no-store").header("x-content-type-options", "nosniff");
  if (format === "json")
    return reply.type("application/json; charset=utf-8").send(JSON.stringify({ "subsonic-response": node }));
  // Clients know by `text/xml` that what answers `stream` or `getCoverArt` is an error and no file (BinaryResponse of the document).
  return reply
    .type("text/xml; charset=utf-8")
    .send(
      `<?xml version="1.0" encoding="UTF-8"?>\n${element("subsonic-response", { xmlns: "http://subsonic.org/restapi", ...node })}`,
    );
}

/** Scalars are attributes and the rest elements; `value` is the element's text. */
function element(name: string, node: Node): string {
  let attributes = "";
  let inner = "";
  for (const [key, value] of Object.entries(node)) {
    if (value === null || value === undefined) continue;
    if (key === "value") inner += escapeXml(scalar(value));
    else if (isList(value)) for (const each of value) inner += member(key, each);
    else if (typeof value === "object") inner += element(key, value);
    else attributes += ` ${key}="${escapeXml(String(value))}"`;
  }
  return inner === "" ? `<${name}${attributes}/>` : `<${name}${attributes}>${inner}</${name}>`;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function member(name: string, value: Value): string {
  if (value === null || value === undefined || isList(value)) return "";
  return typeof value === "object" ? element(name, value) : `<${name}>${escapeXml(String(value))}</${name}>`;
}

function scalar(value: Value): string {
  return typeof value === "object" || value === undefined ? "" : String(value);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** XML 1.0, 2.2: most control signs can't stand in a document at all. */
function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // eslint-disable-next-line no-control-regex -- control signs are what is looked for
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
      .replace(/[&<>"']/g, (sign) => entities[sign] ?? "")
  );
}
