import { setTimeout as sleep } from "node:timers/promises";
import { isJsonObject } from "@cordon/model";

const pollMs = 20;

/** Resolves when an Overture instance decides by bundle `version` or a later one, to the time (ms) when that was seen. */
export async function seesBundle(
  instance: string,
  version: number,
  options: { readonly nowMs: () => number; readonly signal: AbortSignal },
): Promise<number> {
  for (;;) {
    if (((await versionAt(instance, options.signal)) ?? -1) >= version) return options.nowMs();
    await sleep(pollMs, undefined, { signal: options.signal });
  }
}

/** The bundle by which the instance answers somebody without a session; null when it does not answer. */
async function versionAt(instance: string, signal: AbortSignal): Promise<number | null> {
  try {
    const response = await fetch(`${instance}/ofrep/v1/evaluate/flags`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ context: {} }),
      signal,
    });
    const answer: unknown = await response.json();
    const metadata = isJsonObject(answer) ? answer["metadata"] : undefined;
    const version = isJsonObject(metadata) ? metadata["bundleVersion"] : undefined;
    return typeof version === "number" ? version : null;
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}
