import { denialHeaders, problemOf } from "./denial.ts";
import type { Denial } from "./denial.ts";
import type { HttpAnswer } from "./http-answer.ts";
import type { PointDecision } from "./point-decision.ts";

interface ReadyBody {
  readonly status: Denial["status"];
  readonly bytes: Uint8Array;
  readonly length: string;
}

/** Bodies that are kept: the outcomes that a policy has are few, but stores and links multiply them. */
const readyMax = 256;

/**
 * Denials as bytes. The body depends on the policy's rules and the installation's store alone, so each is made once a policy;
 * challenge and `Retry-After` are the request's own.
 */
export class DenialBytes {
  readonly #ready = new Map<string, ReadyBody>();
  #version: number | null = null;

  answer(decision: PointDecision, retryAfterSeconds: number): HttpAnswer {
    const { status, bytes, length } = this.#body(decision);
    const headers = denialHeaders(decision, status, retryAfterSeconds);
    headers["content-length"] = length;
    return { status, headers, body: bytes };
  }

  #body(decision: PointDecision): ReadyBody {
    // One version never means two things at an enforcement point, so it stands for the policy's rules.
    if (decision.bundleVersion !== this.#version || this.#ready.size >= readyMax) {
      this.#ready.clear();
      this.#version = decision.bundleVersion;
    }
    const key = outcomeKey(decision);
    const ready = this.#ready.get(key);
    if (ready !== undefined) return ready;
    const problem = problemOf(decision);
    const bytes = Buffer.from(JSON.stringify(problem));
    const made = { status: problem.status, bytes, length: String(bytes.length) };
    this.#ready.set(key, made);
    return made;
  }
}

// Rule ids are free text, so the parts are kept apart by a sign that JSON text would escape.
function outcomeKey({ directives }: PointDecision): string {
  let key = "";
  for (const directive of directives) {
    key += `${directive.rule}\u0000${directive.required ? "r" : ""}`;
    if (directive.measure === "upgrade") {
      key += `${directive.available === false ? "n" : ""}\u0000${directive.link ?? ""}`;
    }
    key += "\u0001";
  }
  return key;
}
