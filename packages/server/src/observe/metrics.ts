import { countDuties, type Plane } from "@cordon/control-plane";
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Upper ends of the buckets, seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

interface ServedRequest {
  readonly method: string;
  /** The route with its parameters' names: what it was called with stands in no label. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** Counters of one server in the text format of Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<"method" | "route" | "status">;

  constructor(plane: Plane) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Histogram({
      name: "cordon_http_request_duration_seconds",
      help: "requests by route and status, from the first byte to the end of the answer",
      labelNames: ["method", "route", "status"],
      buckets,
      registers,
    });
    gauge(registers, "cordon_journal_entries", "entries of the journal", () => plane.journal.treeSize);
    gauge(
      registers,
      "cordon_bundle_version",
      "version of the bundle that this server serves; 0 before the first",
      () => plane.bundles.served?.version ?? 0,
    );
    gauge(
      registers,
      "cordon_bundle_recorded_version",
      "version that the journal names; another than the one served is a server that is behind",
      () => plane.record.bundle()?.version ?? 0,
    );
    gauge(
      registers,
      "cordon_incidents_open",
      "incidents without an all clear",
      () => plane.record.incidents().filter((incident) => incident.allClear === null).length,
    );
    gauge(
      registers,
      "cordon_publishing_attempts",
      "failed attempts at the bundle that plans wait for",
      () => plane.publishing.attempts,
    );
    new Gauge({
      name: "cordon_duties",
      help: "legal deadlines of all incidents by how they stand; `soon`: less than a day is left. Not legal advice",
      labelNames: ["status"],
      registers,
      collect() {
        this.reset();
        for (const [status, duties] of Object.entries(countDuties(plane))) this.set({ status }, duties);
      },
    });
    new Gauge({
      name: "cordon_enforcement_points",
      help: "points that have reported, by the version that they have in force",
      labelNames: ["version"],
      registers,
      collect() {
        this.reset();
        for (const { bundleVersion } of plane.progress.all()) this.inc({ version: bundleVersion ?? "none" });
      },
    });
  }

  served({ method, route, status, seconds }: ServedRequest): void {
    this.#requests.observe({ method, route, status: String(status) }, seconds);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

function gauge(registers: Registry[], name: string, help: string, value: () => number): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(value());
    },
  });
}
