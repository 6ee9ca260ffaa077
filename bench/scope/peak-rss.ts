import { readFileSync, writeFileSync } from "node:fs";

/** The most memory that this process ever held, or since the last reset; 0 where the system does not say. */
export function peakRssBytes(): number {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** From now on the peak counts anew (Linux only). */
export function resetPeakRss(): void {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    // Elsewhere the peak stays the process's.
  }
}
