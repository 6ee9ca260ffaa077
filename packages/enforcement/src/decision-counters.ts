import type { PointDecision } from "./point-decision.ts";
import type { Refusal } from "./refusal.ts";

/** Counters are kept for the bundle in force and this many before it. */
const versionsMax = 4;
/** The contract's limit for one report. */
const reportedMax = 500;

class VersionCounters {
  allowed = 0;
  denied = 0;
  readonly byRule = new Map<string, number>();
}

/**
 * Counts decisions by bundle version, rule and measure. Nothing in it says whom they were about. What was decided in shadow
 * mode stands under `shadow.`, so that nobody takes it for somebody who was denied.
 */
export class DecisionCounters {
  readonly #prefix: "" | "shadow.";
  readonly #versions = new Map<number | null, VersionCounters>();
  readonly #plain = new Map<string, number>();

  constructor(mode: "enforce" | "shadow" = "enforce") {
    this.#prefix = mode === "shadow" ? "shadow." : "";
    if (mode === "shadow") this.count("mode.shadow");
  }

  decided(decision: PointDecision): void {
    const counters = this.#of(decision.bundleVersion);
    if (decision.allow) counters.allowed += 1;
    else counters.denied += 1;
    for (const { measure, rule } of decision.directives) {
      const key = `${measure}.${rule}`;
      counters.byRule.set(key, (counters.byRule.get(key) ?? 0) + 1);
    }
  }

  refused(refusal: Refusal): void {
    this.count(`bundle.refused.${refusal}`);
  }

  /** Counts anything else that happens at the point; `name` is a plain word and takes part in the report. */
  count(name: string): void {
    this.#plain.set(name, (this.#plain.get(name) ?? 0) + 1);
  }

  /** Says how something stands now; it takes part in the report as what is counted does. */
  set(name: string, value: number): void {
    this.#plain.set(name, value);
  }

  /**
   * What was counted since the point started, in the names of the progress report: `v<version>.allowed`,
   * `v<version>.denied`, `v<version>.<measure>.<rule>` (in shadow mode `shadow.v<version>.…`) and plain ones. At most 500.
   */
  report(): Readonly<Record<string, number>> {
    const report: Record<string, number> = {};
    let size = 0;
    const add = (name: string, value: number) => {
      if (size >= reportedMax) return;
      report[name.replaceAll(/[^A-Za-z0-9._:-]/g, "_").slice(0, 100)] = value;
      size += 1;
    };
    for (const [name, value] of this.#plain) add(name, value);
    for (const [version, counters] of [...this.#versions].reverse()) {
      const prefix = `${this.#prefix}${version === null ? "none" : `v${version}`}`;
      add(`${prefix}.allowed`, counters.allowed);
      add(`${prefix}.denied`, counters.denied);
      for (const [key, value] of counters.byRule) add(`${prefix}.${key}`, value);
    }
    return report;
  }

  #of(version: number | null): VersionCounters {
    let counters = this.#versions.get(version);
    if (counters === undefined) {
      counters = new VersionCounters();
      this.#versions.set(version, counters);
      if (this.#versions.size > versionsMax) this.#forgetOldest();
    }
    return counters;
  }

  #forgetOldest(): void {
    for (const oldest of this.#versions.keys()) {
      this.#versions.delete(oldest);
      return;
    }
  }
}
