import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { encodeBundle } from "@cordon/bundle";
import { generateBundleKeyPair, sha256, signBundle, signedStamp, stampOf } from "@cordon/control-plane";
import { EnforcementPoint, HttpBundleSource, httpBundleSourceDefaults } from "@cordon/enforcement";

import { SimulatedNetwork } from "./network.ts";
import type { NetworkCosts, ServedAnswer, SimulatedPath } from "./network.ts";
import { seeded } from "./seeded.ts";
import { VirtualTime } from "./virtual-time.ts";

const bundleBytesMax = 1 << 20;
const startMs = Date.parse("2014-05-27T12:00:00Z");

interface SimulationOptions {
  readonly points: number;
  readonly cutOffShare: number;
  readonly seed: number;
  /** What a bundle weighs on the wire; what the points really open is a small one. */
  readonly bundleBytes: number;
  /** From the approval until the bundle is served: build, sign, keep. */
  readonly publishMs: number;
  /** What opening takes at a point. */
  readonly openMs: number;
  readonly lookAgainSpreadMs: number;
  /** How long freshness stamps hold; a third of that lies between two. */
  readonly stampForMs: number;
  readonly costs: NetworkCosts;
}

export interface SimulationResult {
  /** Milliseconds from the approval until a point enforced, ascending; of those that were not cut off. */
  readonly enforcedMs: readonly number[];
  /** Who was cut off before the approval. */
  readonly cutOff: readonly string[];
  /** Who, by the control plane's knowledge, does not enforce the newest bundle at the end. */
  readonly staleByReports: readonly string[];
  /** Who knows itself to be stale at the end. */
  readonly staleByThemselves: readonly string[];
  /** Milliseconds from the moment the way was mended until all of them enforced. */
  readonly mendedMs: number;
  readonly requests: number;
}

interface SimulatedPoint {
  readonly name: string;
  readonly point: EnforcementPoint;
  readonly path: SimulatedPath;
  version: number | null;
  enforcedAtMs: number | null;
}

/** When in virtual time the points start, the bundle is approved, the observation ends, and what was cut is mended. */
const times = { startOverMs: 10_000, cutMs: 40_000, approvedMs: 60_000 } as const;

/** The real enforcement points with their real source, on a network and a clock that are not. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  // What the points keep is real and durable; in memory it takes no real time that would have to be waited for.
  const above = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const folder = await mkdtemp(path.join(above, "cordon-propagation-"));
  const time = new VirtualTime();
  const control = new ControlPlane(time, options);
  const network = new SimulatedNetwork(time, options.costs, control);
  const random = seeded(options.seed);
  const points = Array.from({ length: options.points }, (_, index): SimulatedPoint => {
    const name = `point-${String(index).padStart(4, "0")}`;
    const seed = Math.floor(random() * 2 ** 32);
    const way = network.path(seed);
    const point = newPoint({ name, folder, seed, way, time, options, publicKeyPem: control.publicKeyPem });
    return { name, point, path: way, version: null, enforcedAtMs: null };
  });
  try {
    control.publish();
    time.onRest = () => look(points, control, time.nowMs);
    for (const { point } of points) {
      time.after(random() * times.startOverMs, () => void point.start());
    }
    const comment = () => {
      network.tellAll(": still here\n\n");
      time.after(15_000, comment);
    };
    comment();
    await time.pass(times.cutMs);
    const cutOff = drawn(points, Math.round(options.points * options.cutOffShare), random);
    for (const { path: way } of cutOff) way.isCut = true;
    await time.pass(times.approvedMs);
    time.after(options.publishMs, () => {
      control.publish();
      network.tellAll("event: look-again\ndata: {}\n\n");
    });
    // As long as a stamp holds, and a poll beyond it: then whoever hears nothing knows it.
    const observedMs = times.approvedMs + options.stampForMs + 60_000;
    await time.pass(observedMs);
    const reachable = points.filter((point) => !cutOff.includes(point));
    const enforcedMs = reachable.map((point) => sinceApproval(point, options.openMs));
    const staleByReports = points.filter(({ name }) => control.isBehind(name));
    const staleByThemselves = points.filter(({ point }) => point.status().freshness === "stale");

    for (const { path: way } of cutOff) way.isCut = false;
    const mendedAtMs = time.nowMs;
    await time.pass(mendedAtMs + 120_000);
    const last = Math.max(0, ...cutOff.map((point) => (point.enforcedAtMs ?? Infinity) + options.openMs));
    return {
      enforcedMs: enforcedMs.toSorted((a, b) => a - b),
      cutOff: cutOff.map(nameOf),
      staleByReports: staleByReports.map(nameOf),
      staleByThemselves: staleByThemselves.map(nameOf),
      mendedMs: cutOff.length === 0 ? 0 : last - mendedAtMs,
      requests: network.requests,
    };
  } finally {
    for (const { point } of points) await point.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What stands behind the network: one bundle, one stamp, and what the points have reported. */
class ControlPlane {
  readonly #time: VirtualTime;
  readonly #options: SimulationOptions;
  readonly #keys = generateBundleKeyPair();
  readonly #reported = new Map<string, number | null>();
  #version = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #etag = "";

  constructor(time: VirtualTime, options: SimulationOptions) {
    this.#time = time;
    this.#options = options;
  }

  get publicKeyPem(): string {
    return this.#keys.publicKeyPem;
  }

  publish(): void {
    this.#version += 1;
    const cutoff = new Date(startMs).toISOString();
    const rules = [{ id: "recall", measure: "reauthenticate", cohort: "everyone", cutoff }];
    const unsigned = encodeBundle(
      {
        policy: { version: this.#version, rules: this.#version === 1 ? [] : rules },
        asOfMs: startMs,
        expiresAtMs: null,
        by: "account",
        accounts: 0,
        salt: 0,
        cohorts: [],
      },
      bundleBytesMax,
    );
    this.#bytes = signBundle(unsigned, this.#keys.privateKeyPem);
    this.#etag = `"${Buffer.from(sha256(this.#bytes)).toString("hex")}"`;
  }

  readonly answer = (pathname: string, headers: Headers): ServedAnswer => {
    if (pathname.endsWith("/freshness")) {
      const stamp = this.#stamp();
      return { bytes: 1_000, response: () => new Response(stamp) };
    }
    const [bytes, etag] = [this.#bytes.slice(), this.#etag];
    if (headers.get("if-none-match") === etag) {
      return { bytes: 300, response: () => new Response(null, { status: 304, headers: { etag } }) };
    }
    return { bytes: this.#options.bundleBytes, response: () => new Response(bytes, { headers: { etag } }) };
  };

  report(name: string, version: number | null): void {
    this.#reported.set(name, version);
  }

  isBehind(name: string): boolean {
    return (this.#reported.get(name) ?? 0) < this.#version;
  }

  #stamp(): Uint8Array<ArrayBuffer> {
    const everyMs = this.#options.stampForMs / 3;
    const issuedAtMs = startMs + Math.floor(this.#time.nowMs / everyMs) * everyMs;
    const held = { version: this.#version, bytes: this.#bytes };
    const stamp = stampOf(held, { issuedAtMs, forMs: this.#options.stampForMs });
    return Uint8Array.from(signedStamp(stamp, this.#keys.privateKeyPem));
  }
}

function newPoint(given: {
  readonly name: string;
  readonly folder: string;
  readonly seed: number;
  readonly way: SimulatedPath;
  readonly time: VirtualTime;
  readonly options: SimulationOptions;
  readonly publicKeyPem: string;
}): EnforcementPoint {
  const { name, folder, way, time, options, publicKeyPem } = given;
  const random = seeded(given.seed + 1);
  const source = new HttpBundleSource({
    ...httpBundleSourceDefaults,
    url: "https://control-plane.example",
    token: "simulated",
    bundleBytesMax,
    random,
    lookAgainSpreadMs: options.lookAgainSpreadMs,
    fetch: way.fetch,
    after: time.after,
  });
  return new EnforcementPoint({
    source,
    publicKeys: [publicKeyPem],
    threshold: 1,
    freshness: {
      publicKeys: [publicKeyPem],
      keptFile: path.join(folder, `${name}.stamp`),
      graceMs: options.stampForMs,
    },
    lastGoodFile: path.join(folder, `${name}.bundle`),
    beforeFirstBundle: "allow",
    withoutPlatform: "refuse",
    keepServing: true,
    bundleBytesMax,
    retryAfterSeconds: { least: 2, most: 30 },
    nowMs: () => startMs + time.nowMs,
    random,
  });
}

/** Notes whose bundle in force has changed. A point that is reached reports it (the real report follows within 2 s). */
function look(points: readonly SimulatedPoint[], control: ControlPlane, nowMs: number): void {
  for (const each of points) {
    if (!each.path.reached) continue;
    each.path.reached = false;
    const version = each.point.status().bundle?.version ?? null;
    if (version === each.version) continue;
    each.version = version;
    each.enforcedAtMs = nowMs;
    control.report(each.name, version);
  }
}

function sinceApproval({ name, version, enforcedAtMs }: SimulatedPoint, openMs: number): number {
  if (version !== 2 || enforcedAtMs === null) throw new Error(`${name} was reachable and does not enforce`);
  return enforcedAtMs - times.approvedMs + openMs;
}

function drawn<Item>(items: readonly Item[], count: number, random: () => number): readonly Item[] {
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed
    .sort((a, b) => a.key - b.key)
    .slice(0, count)
    .map(({ item }) => item);
}

function nameOf({ name }: SimulatedPoint): string {
  return name;
}
