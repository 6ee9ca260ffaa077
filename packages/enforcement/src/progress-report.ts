import { formatInstant } from "@cordon/model";

import type { EnforcementPoint } from "./enforcement-point.ts";

export interface ProgressReportOptions {
  readonly point: EnforcementPoint;
  /** Names the enforcement point at the control plane. */
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
}

export const progressReportDefaults = { everyMs: 2_000, timeoutMs: 5_000 } as const;

/** Tells the control plane now and then what was decided: numbers, no names. It may be down; enforcement does not mind. */
export class ProgressReport {
  readonly #options: ProgressReportOptions;
  readonly #timer: NodeJS.Timeout;
  #sending: Promise<void> | null = null;
  #lastBody = "";

  constructor(options: ProgressReportOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#send(), options.everyMs);
    this.#timer.unref();
  }

  /** Sends what has changed since the last report, and stops. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sending;
    await this.#send();
  }

  #send(): Promise<void> {
    this.#sending ??= this.#sendOnce().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  async #sendOnce(): Promise<void> {
    const { point, name, url, token, timeoutMs } = this.#options;
    const bundleVersion = point.status().bundle?.version ?? null;
    const { startedMs, rules } = point.metReport();
    const met = { startedAt: formatInstant(startedMs), rules };
    const body = JSON.stringify({
      point: name,
      bundleVersion,
      counters: point.counters.report(),
      ...(rules.length === 0 ? {} : { met }),
    });
    if (body === this.#lastBody) return;
    try {
      const response = await fetch(new URL("v1/progress", url.endsWith("/") ? url : `${url}/`), {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body,
        signal: AbortSignal.timeout(timeoutMs),
        redirect: "error",
      });
      await response.body?.cancel();
      if (response.ok) this.#lastBody = body;
      else point.counters.count("progress.failed");
    } catch {
      point.counters.count("progress.failed");
    }
  }
}
