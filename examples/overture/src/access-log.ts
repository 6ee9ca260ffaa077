import { closeSync, openSync, writeSync } from "node:fs";

/** What was decided about: a request for music, an offline copy, a token, or a client asking for its directives. */
export type GuardedAction = "play" | "offline" | "token" | "ofrep" | "other";

/** One guarded decision, as the drill reads it: what this instance really decided and about whom. */
export interface AccessLogLine {
  /** Milliseconds since the epoch. */
  readonly t: number;
  readonly action: GuardedAction;
  /** How the token came about; only for `token`. */
  readonly kind?: "sign-in" | "refresh" | "authorization-code";
  readonly account: string | null;
  readonly inst: string | null;
  readonly allow: boolean;
  /** The measures of the directives, in their order; a recommended upgrade ends in `?`. */
  readonly directives: readonly string[];
  /** The rules that decided, one for each directive. */
  readonly rules: readonly string[];
  /** Version of the bundle in force; null before the first one. */
  readonly bundle: number | null;
  readonly platform: string | null;
  readonly store: string | null;
  /** The client's version as the gate saw it; null when it was unreadable. */
  readonly version: string | null;
  /** Epoch of the installation's offline copies; null while it holds none. */
  readonly offlineEpoch: number | null;
  /** Milliseconds since the epoch; null without a session. */
  readonly authTime: number | null;
}

const flushMs = 250;
const pendingCharsMax = 64 * 1024;

/**
 * Append-only JSON lines, one file for each instance. Lines reach the file at most `flushMs` after they were written,
 * and all of them at `close`. A file that can't be written is told to `onFailure`, once: decisions without a trace must not go on unseen.
 */
export class AccessLog {
  readonly #file: number;
  readonly #timer: NodeJS.Timeout;
  readonly #onFailure: (error: unknown) => void;
  #pending = "";
  #failed = false;

  constructor(file: string, onFailure: (error: unknown) => void) {
    this.#file = openSync(file, "a", 0o600);
    this.#onFailure = onFailure;
    this.#timer = setInterval(() => this.#flush(), flushMs);
    this.#timer.unref();
  }

  write(line: AccessLogLine): void {
    this.#pending += `${JSON.stringify(line)}\n`;
    if (this.#pending.length >= pendingCharsMax) this.#flush();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    if (this.#pending === "" || this.#failed) return;
    const bytes = Buffer.from(this.#pending);
    this.#pending = "";
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(this.#file, bytes, written);
    } catch (error) {
      this.#failed = true;
      this.#onFailure(error);
    }
  }
}
