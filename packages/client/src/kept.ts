import { member, readAnswer } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { noAttempts } from "./attempts.ts";
import type { AttemptState } from "./attempts.ts";

/** Where a client keeps something between two starts: `localStorage` is one. It may throw, as when it is full or barred. */
export interface ClientStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** The last body with its ETag. It only saves bytes: nothing is done by it until the service says that it still holds. */
export interface KeptAnswer {
  readonly etag: string;
  readonly answer: Answer;
}

const answerKey = "cordon.answer";
const signInKey = "cordon.sign-in";

/** Reads and writes what is kept; storage that fails or holds something else is as if it were empty. */
export class Kept {
  readonly #storage: ClientStorage | null;

  constructor(storage: ClientStorage | null) {
    this.#storage = storage;
  }

  answer(): KeptAnswer | null {
    const kept = this.#read(answerKey);
    const etag = member(kept, "etag");
    const answer = readAnswer(member(kept, "body"));
    return typeof etag === "string" && answer !== null ? { etag, answer } : null;
  }

  keepAnswer(etag: string | null, body: unknown): void {
    this.#write(answerKey, etag === null ? null : { etag, body });
  }

  signIns(): AttemptState {
    const kept = this.#read(signInKey);
    const failures = member(kept, "failures");
    const notBeforeMs = member(kept, "notBeforeMs");
    return typeof failures === "number" && typeof notBeforeMs === "number"
      ? { failures, notBeforeMs }
      : noAttempts;
  }

  keepSignIns(state: AttemptState): void {
    this.#write(signInKey, state);
  }

  #read(key: string): unknown {
    try {
      return JSON.parse(this.#storage?.getItem(key) ?? "null");
    } catch {
      return null;
    }
  }

  #write(key: string, value: unknown): void {
    try {
      this.#storage?.setItem(key, JSON.stringify(value));
    } catch {
      // Without it the next start asks for the whole answer.
    }
  }
}
