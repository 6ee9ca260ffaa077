import { createHash } from "node:crypto";
import { canonicalJson } from "@cordon/model";

/** `sha256:` and the hex digest of a value's canonical JSON (RFC 8785). */
export function digestOf(value: unknown): string {
  return `sha256:${createHash("sha256").update(canonicalJson(value)).digest("hex")}`;
}
