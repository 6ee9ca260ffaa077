import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, loadavg, totalmem } from "node:os";
import path from "node:path";

interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Of the first processor, by level, as the system names them; empty where it does not say. */
  readonly caches: Readonly<Record<string, string>>;
  /** Of Node, and of the packages that were named. */
  readonly versions: Readonly<Record<string, string>>;
}

export function describeMachine(packages: readonly string[]): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model ?? "unknown",
    cores: cores.length,
    memoryBytes: totalmem(),
    caches: cachesOfFirstProcessor(),
    versions: {
      node: process.version,
      ...Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
    },
  };
}

/** The load of the last minute: above the number of the benchmark's own processes others were at work. */
export function load(): number {
  return loadavg()[0] ?? 0;
}

function cachesOfFirstProcessor(): Readonly<Record<string, string>> {
  const caches: Record<string, string> = {};
  try {
    for (let index = 0; ; index += 1) {
      const read = (name: string): string =>
        readFileSync(`/sys/devices/system/cpu/cpu0/cache/index${index}/${name}`, "utf8").trim();
      caches[`L${read("level")} ${read("type")}`] = read("size");
    }
  } catch {
    return caches;
  }
}

function versionOf(name: string): string {
  // Packages need not export their package.json: it lies above what they do export.
  let folder = path.dirname(createRequire(import.meta.url).resolve(name));
  for (;;) {
    try {
      const json = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as {
        name?: string;
        version?: string;
      };
      if (json.name === name) return json.version ?? "unknown";
    } catch {
      // The file is further up.
    }
    if (path.dirname(folder) === folder) return "unknown";
    folder = path.dirname(folder);
  }
}
