import type { Incident } from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";
import type { AudienceCensus } from "./audience-census.ts";

const namedMax = 10;

/** Throws ERR_PLANE_LANGUAGES while some people's language is not written and no fallback names another one for them. */
export function requireLanguages(incident: Incident, noticeId: string): void {
  const notice = incident.notices.find((one) => one.noticeId === noticeId);
  const missing = censusIn(notice?.manifest?.manifest ?? {})?.missing ?? [];
  if (missing.length === 0) return;
  const named = missing.slice(0, namedMax).map(({ locale, people }) => `\`${locale}\` for ${people} people`);
  const more = missing.length > namedMax ? ` and ${missing.length - namedMax} further languages` : "";
  throw new ControlPlaneError(
    "ERR_PLANE_LANGUAGES",
    `no translation is written in ${named.join(", ")}${more}`,
    { hint: "draft it again with `fallbacks` that name a written language for each" },
  );
}

/** Null for a notice from before censuses were taken. */
export function censusIn(manifest: { readonly [key: string]: unknown }): AudienceCensus | null {
  const recorded = manifest["census"];
  return recorded === undefined ? null : (recorded as AudienceCensus);
}
