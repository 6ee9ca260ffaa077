import { EnforcementPoint, HttpBundleSource, httpBundleSourceDefaults } from "@cordon/enforcement";
import type { BundleSource } from "@cordon/enforcement";

import { bundleBytesMax, bundleToken, nowNs } from "./messages.ts";
import type { PointOrder, PointReport, PointSettings } from "./messages.ts";

/** One enforcement point in a process of its own. It says when a bundle first decided, by asking about two accounts. */
class WatchedPoint {
  readonly #settings: PointSettings;
  readonly #point: EnforcementPoint;
  #version: number | null = null;
  #offeredNs = "0";

  constructor(settings: PointSettings) {
    this.#settings = settings;
    const inner = new HttpBundleSource({
      ...httpBundleSourceDefaults,
      url: settings.url,
      token: bundleToken,
      bundleBytesMax,
      random: Math.random,
      // A fleet spreads its requests; here the time is measured, not the spread.
      lookAgainSpreadMs: 0,
    });
    const source: BundleSource = {
      follow: (offer, watch) =>
        inner.follow((bytes) => {
          this.#offeredNs = nowNs();
          const offered = offer(bytes);
          this.#watch();
          return offered;
        }, watch),
      close: () => inner.close(),
    };
    this.#point = new EnforcementPoint({
      source,
      publicKeys: [settings.publicKeyPem],
      threshold: 1,
      lastGoodFile: settings.lastGoodFile,
      beforeFirstBundle: "allow",
      withoutPlatform: "allow",
      keepServing: true,
      bundleBytesMax,
      retryAfterSeconds: { least: 2, most: 30 },
      nowMs: Date.now,
      random: Math.random,
    });
  }

  async start(): Promise<void> {
    await this.#point.start();
  }

  async close(): Promise<void> {
    await this.#point.close();
  }

  async fetch(): Promise<number> {
    const response = await fetch(`${this.#settings.url}/bundles/current`, {
      headers: { authorization: `Bearer ${bundleToken}` },
    });
    return (await response.arrayBuffer()).byteLength;
  }

  /** Asks in each turn of the event loop, as requests would, but only while a bundle is being opened. */
  #watch(): void {
    const { recalled, spared } = this.#settings;
    const decision = this.#decide(recalled);
    if (decision.bundleVersion === this.#version || decision.bundleVersion === null) {
      setImmediate(() => this.#watch());
      return;
    }
    const atNs = nowNs();
    this.#version = decision.bundleVersion;
    tell({
      report: "enforced",
      version: decision.bundleVersion,
      offeredNs: this.#offeredNs,
      atNs,
      refusesRecalled: !decision.allow,
      refusesSpared: !this.#decide(spared).allow,
    });
  }

  #decide(ordinal: number) {
    return this.#point.decide({
      request: {
        account: `u-${ordinal}`,
        ordinal,
        authTimeMs: Date.parse("2014-05-20T00:00:00Z"),
        passwordSetAtMs: null,
        keyId: null,
        platform: "android",
        store: "google-play",
        version: "1.0.9",
        offlineEpoch: 1,
      },
      claimed: null,
    });
  }
}

function tell(report: PointReport): void {
  process.send?.(report);
}

let point: WatchedPoint | null = null;

async function obey(order: PointOrder): Promise<void> {
  if (order.order === "start") {
    point = new WatchedPoint(order.settings);
    await point.start();
    tell({ report: "following" });
  } else if (order.order === "fetch") {
    const bytes = (await point?.fetch()) ?? 0;
    tell({ report: "fetched", atNs: nowNs(), bytes });
  } else {
    await point?.close();
    process.disconnect();
  }
}

process.on("message", (order: PointOrder) => void obey(order));
