import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { isJsonObject } from "@cordon/model";
import type { BundleFolder, ServedBundle } from "../bundle-folder.ts";
import type { JointRelease } from "./joint-release.ts";

/** Which enforcement points are given a new bundle first, and when all others are. */
export interface ReleasePlan {
  /** Their names, as they call themselves in `Cordon-Point` and in their reports. */
  readonly points: readonly string[];
  /** `reported`: as soon as one of them has the new bundle in force and has refused none. */
  readonly promote: "reported" | "manual";
  /** So long after it was published in any case; null: never by time alone. */
  readonly afterMs: number | null;
}

/** What a point has told, as far as a release goes. */
interface PointReport {
  readonly point: string;
  readonly bundleVersion: number | null;
  readonly counters: Readonly<Record<string, number>>;
}

export interface ReleaseState {
  readonly plan: ReleasePlan | null;
  /** What every point is given. Null before the first bundle. */
  readonly promotedVersion: number | null;
  /** What the first points are given beyond that, and since when; null: nothing. */
  readonly staged: { readonly version: number; readonly sinceMs: number } | null;
}

interface ReleaseOptions {
  /** HOME/bundles. */
  readonly folder: string;
  readonly bundles: BundleFolder;
  readonly clock: () => number;
  /** What every point has told last. */
  readonly reports: () => readonly PointReport[];
  readonly onNote: (note: string) => void;
  /** What other servers have decided; left out: this one is alone. */
  readonly shared?: JointRelease;
}

const fileName = "release.json";

/**
 * Which point is given which bundle. Without a plan every point is given the newest. With one, a new bundle goes to the
 * points of the plan first, and to all when it is promoted. INVARIANT: no point is ever given an older bundle than before.
 */
export class Release {
  readonly #options: ReleaseOptions;
  readonly #listeners = new Set<() => void>();
  #plan: ReleasePlan | null = null;
  #promoted: ServedBundle | null = null;
  /** The newest version that has been looked at; null before the first bundle. */
  #seenVersion: number | null = null;
  #stagedSinceMs = 0;
  /** The last change of the shared state that is known here. */
  #changes = 0;
  /** What the points of the plan had refused before the staged bundle came. */
  #refusedBefore = new Map<string, number>();

  private constructor(options: ReleaseOptions) {
    this.#options = options;
  }

  /** Goes on where the last run stood: what was not promoted is still not. */
  static async open(options: ReleaseOptions): Promise<Release> {
    const release = new Release(options);
    const shared = (await options.shared?.read()) ?? null;
    const { plan, promotedVersion } =
      shared ?? (await readState(join(options.folder, fileName), options.onNote));
    release.#changes = shared?.changes ?? 0;
    release.#plan = plan;
    const newest = release.#newest();
    release.#promoted = newest;
    if (plan !== null && newest !== null && promotedVersion !== null && promotedVersion < newest.version) {
      // When its bytes are gone the newest goes to all: a recall does not wait for a file that is lost.
      release.#promoted = (await options.bundles.read(promotedVersion)) ?? newest;
      if (release.#promoted !== newest) release.#beginStage();
    }
    options.bundles.onChange(() => {
      release.#newest();
      release.#tell();
    });
    return release;
  }

  /** What a point is given; `point` is the name it goes by, null without one. Null before the first bundle. */
  servedTo(point: string | null): ServedBundle | null {
    const newest = this.#newest();
    if (this.#plan === null || (point !== null && this.#plan.points.includes(point))) return newest;
    return this.#promoted;
  }

  /** What every point is given. */
  get promoted(): ServedBundle | null {
    const newest = this.#newest();
    return this.#plan === null ? newest : this.#promoted;
  }

  state(): ReleaseState {
    const newest = this.#newest();
    const promotedVersion = this.promoted?.version ?? null;
    const staged =
      newest === null || newest.version === promotedVersion
        ? null
        : { version: newest.version, sinceMs: this.#stagedSinceMs };
    return { plan: this.#plan, promotedVersion, staged };
  }

  /** Called whenever a point may be given another bundle. Returns what ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The plan for bundles from now on; null: every bundle goes to all at once, also the one that is staged. */
  async setPlan(plan: ReleasePlan | null): Promise<void> {
    if (plan === null) await this.promote();
    else if (this.#plan === null) this.#promoted = this.#newest();
    this.#plan = plan;
    await this.#write();
    this.#tell();
  }

  /** Gives the newest bundle to every point. */
  async promote(): Promise<void> {
    if (this.state().staged === null) return;
    this.#promoted = this.#newest();
    // A disk that is full does not hold a recall back; after a restart it would be promoted once more.
    await this.#write().catch((error: unknown) => this.#options.onNote(`release: ${String(error)}`));
    this.#tell();
  }

  /** Takes over what another server has decided meanwhile. */
  async catchUp(): Promise<void> {
    const shared = (await this.#options.shared?.read()) ?? null;
    if (shared === null || shared.changes === this.#changes) return;
    const { plan, promotedVersion, changes } = shared;
    const newest = this.#newest();
    if (plan !== null && this.#plan === null) this.#promoted = newest;
    const known = this.#promoted?.version ?? 0;
    if (promotedVersion !== null && promotedVersion > known) {
      const promoted = await this.#options.bundles.read(promotedVersion);
      // Its bytes are still on the way: the state is taken over with the next look.
      if (promoted === null && (newest?.version ?? 0) < promotedVersion) return;
      this.#promoted = promoted ?? newest;
    }
    if (plan === null) this.#promoted = newest;
    this.#plan = plan;
    this.#changes = changes;
    this.#tell();
  }

  /** Takes a point's report; resolves to whether it promoted the staged bundle. */
  async reported(report: PointReport): Promise<boolean> {
    const { staged } = this.state();
    if (staged === null || this.#plan?.promote !== "reported") return false;
    if (!this.#plan.points.includes(report.point) || report.bundleVersion !== staged.version) return false;
    if (refused(report) > (this.#refusedBefore.get(report.point) ?? 0)) return false;
    await this.promote();
    return true;
  }

  /** How long until the staged bundle goes to all by time, 0 when it is due; null: it does not. */
  dueInMs(): number | null {
    const { staged } = this.state();
    const afterMs = this.#plan?.afterMs ?? null;
    if (staged === null || afterMs === null) return null;
    return Math.max(0, staged.sinceMs + afterMs - this.#options.clock());
  }

  /**
   * The newest bundle; null before the first. INVARIANT: its stage begins before anything is told of it: a bundle is served from the
   * moment it is recorded, which listeners are told of only when its file has its name.
   */
  #newest(): ServedBundle | null {
    const newest = this.#options.bundles.served;
    if (newest === null || newest.version === this.#seenVersion) return newest;
    this.#seenVersion = newest.version;
    // The first bundle goes to all: there is nothing older that the others could go on with.
    if (this.#plan === null || this.#promoted === null) this.#promoted = newest;
    else this.#beginStage();
    return newest;
  }

  #beginStage(): void {
    this.#stagedSinceMs = this.#options.clock();
    this.#refusedBefore = new Map(this.#options.reports().map((report) => [report.point, refused(report)]));
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  async #write(): Promise<void> {
    const file = join(this.#options.folder, fileName);
    const draft = `${file}.draft`;
    const handle = await open(draft, "w", 0o600);
    try {
      await handle.writeFile(
        `${JSON.stringify({ plan: this.#plan, promotedVersion: this.#promoted?.version ?? null })}\n`,
      );
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    const { shared } = this.#options;
    if (shared !== undefined) {
      this.#changes = await shared.write(this.#plan, this.#promoted?.version ?? null);
    }
  }
}

function refused({ counters }: PointReport): number {
  let sum = 0;
  for (const [name, count] of Object.entries(counters)) if (name.startsWith("bundle.refused.")) sum += count;
  return sum;
}

async function readState(
  file: string,
  onNote: (note: string) => void,
): Promise<{ readonly plan: ReleasePlan | null; readonly promotedVersion: number | null }> {
  try {
    const state: unknown = JSON.parse(await readFile(file, "utf8"));
    if (isJsonObject(state)) {
      const { plan, promotedVersion } = state;
      if (typeof promotedVersion === "number" || promotedVersion === null) {
        // This class wrote it.
        return { plan: (plan ?? null) as ReleasePlan | null, promotedVersion };
      }
    }
    onNote("the plan of releases can't be read: bundles go to every point at once");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) {
      onNote("the plan of releases can't be read: bundles go to every point at once");
    }
  }
  return { plan: null, promotedVersion: null };
}
