import type { RecordedEvent } from "@cordon/journal-postgres";
import { inspectBundle, bundleBytesMax } from "@cordon/bundle";
import { parseDuration, parseInstant } from "@cordon/model";
import { roles, type FakeDisk } from "./fake-world.ts";

// What the events alone say, in as few words as possible and without the state machine that is being tested.

interface Said {
  readonly type: string;
  readonly atMs: number;
  readonly data: Readonly<Record<string, unknown>>;
}

const bundles = (events: readonly RecordedEvent[]) =>
  events.filter((event) => event.type === "bundle-in-force");
const said = (event: RecordedEvent): Said => ({ type: event.type, atMs: event.atMs, data: event.data ?? {} });

/** No measure without its approvals: for each bundle and each plan in it, by the events before it. */
export function approvalFaults(events: readonly RecordedEvent[]): string[] {
  const faults: string[] = [];
  for (const bundle of bundles(events)) {
    const before = events.slice(0, bundle.seq).map(said);
    for (const { planId } of plansOf(bundle, "plans"))
      if (!agreed(before, planId, "plan"))
        faults.push(`bundle at ${bundle.seq} holds \`${planId}\` unapproved`);
    for (const { planId } of plansOf(bundle, "lifted"))
      if (!agreed(before, planId, "lift"))
        faults.push(`bundle at ${bundle.seq} lifts \`${planId}\` unapproved`);
  }
  return faults;
}

function plansOf(bundle: RecordedEvent, key: "plans" | "lifted"): { planId: string }[] {
  return (bundle.data?.[key] ?? []) as unknown as { planId: string }[];
}

/** Two people, none of them an author, for one and the same digest, that nobody declined, with no edit after the asking. */
function agreed(before: readonly Said[], planId: string, act: string): boolean {
  const of = before.filter(({ data }) => data["planId"] === planId);
  const askings = of.filter(({ type, data }) => type === "approval-asked" && data["act"] === act);
  return askings.some(({ data: asked }) => {
    const authors = asked["authors"] as readonly string[];
    const same = of.filter(({ data }) => data["digest"] === asked["digest"]);
    if (same.some(({ type }) => type === "approval-declined")) return false;
    const people = new Set(
      same.filter(({ type }) => type === "approval-given").map(({ data }) => String(data["by"])),
    );
    const counted = [...people].filter(
      (person) => !authors.includes(person) && roles.get(person)?.includes("approver") === true,
    );
    if (counted.length < 2) return false;
    if (act === "lift") return true;
    const at = of.findIndex(
      ({ data, type }) => type === "approval-asked" && data["digest"] === asked["digest"],
    );
    const drafters = of
      .filter(({ type }) => type === "plan-drafted" || type === "plan-edited")
      .map(({ data }) => String(data["by"]));
    const editedAfter = of.slice(at).some(({ type }) => type === "plan-edited");
    const started = of.some(({ type }) => type === "run-started");
    return !editedAfter && started && counted.every((person) => !drafters.includes(person));
  });
}

interface Rule {
  readonly id: string;
  readonly cutoff?: string;
  readonly rollout?: { readonly from: string; readonly over: string; readonly waves: number };
}

function rulesOf(disk: FakeDisk, event: RecordedEvent): ReadonlyMap<string, Rule> {
  const bytes = disk.named.get(Number(event.data?.["version"]))?.bytes;
  // A bundle whose server died between recording and naming it was never given to anybody.
  if (bytes === undefined) return new Map();
  const { policy } = inspectBundle(bytes, { bundleBytesMax });
  return new Map((policy as { rules: Rule[] }).rules.map((rule) => [rule.id, rule]));
}

function openWaves({ rollout }: Rule, nowMs: number): number {
  if (rollout === undefined) return Infinity;
  const fromMs = parseInstant(rollout.from) ?? NaN;
  const waveMs = (parseDuration(rollout.over) ?? NaN) / rollout.waves;
  return Math.max(0, Math.min(rollout.waves, Math.floor((nowMs - fromMs) / waveMs) + 1));
}

/** Waves are monotone: no bundle that comes in closes a wave that was open, or drops a rule that was not lifted. */
export function waveFaults(events: readonly RecordedEvent[], disk: FakeDisk): string[] {
  const faults: string[] = [];
  let last: ReadonlyMap<string, Rule> = new Map();
  for (const event of bundles(events)) {
    const rules = rulesOf(disk, event);
    if (rules.size === 0 && plansOf(event, "plans").length > 0) continue;
    const lifted = plansOf(event, "lifted").length > 0;
    for (const [id, before] of last) {
      const now = rules.get(id);
      // A canary's own rule goes when everybody's has come.
      const whole = rules.get(id.replace(/-canary$/, ""));
      if (now === undefined && whole?.rollout === undefined && whole !== undefined) continue;
      if (now === undefined) {
        if (!lifted) faults.push(`bundle at ${event.seq} drops \`${id}\``);
        continue;
      }
      if (now.cutoff !== before.cutoff) faults.push(`bundle at ${event.seq} moves the cutoff of \`${id}\``);
      // Its canary stands beside the waves from then on.
      if (before.rollout === undefined && now.rollout !== undefined) {
        if (!rules.has(`${id}-canary`))
          faults.push(`bundle at ${event.seq} lets \`${id}\`'s canary fall back`);
        continue;
      }
      if (openWaves(now, event.atMs) < openWaves(before, event.atMs))
        faults.push(`bundle at ${event.seq} closes waves of \`${id}\``);
    }
    last = rules;
  }
  return faults;
}

/** Versions are 1 … n, each once. */
export function versionFaults(events: readonly RecordedEvent[]): string[] {
  const versions = bundles(events).map((event) => Number(event.data?.["version"]));
  return versions.every((version, i) => version === i + 1) ? [] : [`versions ${versions.join(", ")}`];
}

/** Every mark of a command stands on exactly as many events as it was acted on: none or one. */
export function markFaults(
  events: readonly RecordedEvent[],
  outcomes: readonly { readonly by: string; readonly key: string; readonly done: boolean }[],
): string[] {
  return outcomes.flatMap(({ by, key, done }) => {
    const times = events.filter(
      ({ data }) => data?.["by"] === by && (data["command"] as { key?: string } | undefined)?.key === key,
    ).length;
    if (times === (done ? 1 : 0)) return [];
    return [
      `command \`${key}\` of ${by} ${done ? "succeeded" : "was refused"} and is recorded ${times} times`,
    ];
  });
}
