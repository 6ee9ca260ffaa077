import { Worker } from "node:worker_threads";
import { ShareAnswers, type Answer, type Question, type QuestionName } from "./share-questions.ts";
import type { BytesHasher } from "./directory-share.ts";

/** Who holds a share of the directory and answers questions about it. */
export interface ShareHolder {
  /** `given` are buffers that the asker does not need again. */
  ask<Name extends QuestionName>(
    question: Extract<Question, { readonly name: Name }>,
    given?: readonly ArrayBufferLike[],
  ): Promise<Answer<Name>>;
  close(): Promise<void>;
}

/** A share in this thread: for small directories. */
export class InlineHolder implements ShareHolder {
  readonly #answers: ShareAnswers;

  constructor(hasherOf?: (salt: number) => BytesHasher) {
    this.#answers = new ShareAnswers(hasherOf);
  }

  ask<Name extends QuestionName>(
    question: Extract<Question, { readonly name: Name }>,
  ): Promise<Answer<Name>> {
    // Each name has its answer's type; a switch over names cannot tell the compiler so.
    return Promise.resolve().then(() => this.#answers.answer(question) as Answer<Name>);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A share in a thread of its own, which answers in the order in which it is asked. */
export class ThreadHolder implements ShareHolder {
  readonly #worker = new Worker(new URL("./share-thread.ts", import.meta.url), { execArgv: [] });
  readonly #waiting: Waiting[] = [];
  #failure: Error | null = null;

  constructor() {
    this.#worker.on("message", (answer: unknown) => this.#waiting.shift()?.resolve(answer));
    this.#worker.on("error", (error: unknown) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(new Error("a build thread ended")));
  }

  ask<Name extends QuestionName>(
    question: Extract<Question, { readonly name: Name }>,
    given: readonly ArrayBufferLike[] = [],
  ): Promise<Answer<Name>> {
    // The thread runs this same code: its answer is what the question asks for.
    return new Promise<Answer<Name>>((resolve, reject) => {
      if (this.#failure !== null) {
        reject(this.#failure);
        return;
      }
      this.#waiting.push({ resolve: resolve as Waiting["resolve"], reject });
      // Memory that threads see together is not moved.
      const moved = given.filter((buffer) => buffer instanceof ArrayBuffer);
      this.#worker.postMessage(question, moved);
    });
  }

  async close(): Promise<void> {
    this.#worker.removeAllListeners("exit");
    await this.#worker.terminate();
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
