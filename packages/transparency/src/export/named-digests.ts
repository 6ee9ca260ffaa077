import { isJsonObject, type Json, type JsonObject } from "@cordon/model";
import { TransparencyError } from "../errors.ts";
import { eventText } from "../event-text.ts";
import { hexSha256 } from "./manifest.ts";

/** The hexadecimal SHA-256 of an answer's canonical JSON without its digest and `evidence.rejectedLines` (contracts 2). */
export function answerHex(answer: JsonObject): string {
  const told = Object.fromEntries(Object.entries(answer).filter(([key]) => key !== "answerDigest"));
  const { evidence } = answer;
  const counts = isJsonObject(evidence)
    ? { evidence: Object.fromEntries(Object.entries(evidence).filter(([key]) => key !== "rejectedLines")) }
    : {};
  return hexSha256(Buffer.from(eventText({ ...told, ...counts }), "utf8"));
}

/** The digests that opened events name, wherever in them. */
export class NamedDigests {
  readonly #hexes = new Set<string>();

  add(event: Json): void {
    if (typeof event === "string") {
      const hex = /^sha256:([0-9a-f]{64})$/.exec(event)?.[1];
      if (hex !== undefined) this.#hexes.add(hex);
    } else if (typeof event === "object" && event !== null) {
      for (const value of Object.values<Json>(event)) this.add(value);
    }
  }

  /** Throws ERR_EXPORT_MALFORMED for a file whose digest no event names: then nothing ties it to the journal. */
  check(name: string, hex: string): void {
    if (this.#hexes.has(hex)) return;
    throw new TransparencyError("ERR_EXPORT_MALFORMED", `no event names the digest of \`${name}\``);
  }
}
