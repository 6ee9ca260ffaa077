import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { GateRequest } from "@cordon/gate";
import { onTestFinished, vi } from "vitest";

import { EnforcementPoint, HttpBundleSource, httpBundleSourceDefaults } from "../src/index.ts";
import type { EnforcementPointOptions, HttpBundleSourceOptions } from "../src/index.ts";
import { BundleServer, bundleToken } from "./bundle-server.ts";
import { newKey } from "./signed-bundle.ts";
import type { TestKey } from "./signed-bundle.ts";

/** The clock of tests: it moves only when told. */
export const nowMs = Date.parse("2014-05-28T00:00:00Z");

export interface TestPoint {
  readonly server: BundleServer;
  readonly url: string;
  readonly key: TestKey;
  readonly folder: string;
  readonly lastGoodFile: string;
  /** A point on the server above; each has a source of its own and is closed at the end of the test. */
  readonly point: (
    options?: Partial<EnforcementPointOptions>,
    source?: Partial<HttpBundleSourceOptions>,
  ) => EnforcementPoint;
}

export async function testPoint(): Promise<TestPoint> {
  const folder = mkdtempSync(join(tmpdir(), "enforcement-"));
  const server = new BundleServer();
  const url = await server.start();
  const key = newKey();
  const lastGoodFile = join(folder, "kept", "last-good.bundle");
  const points: EnforcementPoint[] = [];
  onTestFinished(async () => {
    for (const point of points) await point.close();
    await server.stop().catch(() => undefined);
    rmSync(folder, { recursive: true });
  });
  return {
    server,
    url,
    key,
    folder,
    lastGoodFile,
    point: (options = {}, source = {}) => {
      const point = new EnforcementPoint({
        source: new HttpBundleSource({
          ...httpBundleSourceDefaults,
          url,
          token: bundleToken,
          bundleBytesMax: 100_000,
          random: () => 0.5,
          lookAgainSpreadMs: 0,
          backoffFirstMs: 10,
          ...source,
        }),
        publicKeys: [key.publicPem],
        threshold: 1,
        lastGoodFile,
        beforeFirstBundle: "allow",
        withoutPlatform: "refuse",
        keepServing: true,
        bundleBytesMax: 100_000,
        retryAfterSeconds: { least: 2, most: 30 },
        nowMs: () => nowMs,
        random: () => 0.5,
        ...options,
      });
      points.push(point);
      return point;
    },
  };
}

/** Waits until `check` stops throwing. */
export async function until(check: () => void): Promise<void> {
  await vi.waitFor(check, { timeout: 60_000, interval: 5 });
}

export function request(more: Partial<GateRequest> = {}): GateRequest {
  return {
    account: "ada",
    ordinal: null,
    authTimeMs: Date.parse("2014-05-20T00:00:00Z"),
    passwordSetAtMs: Date.parse("2013-01-01T00:00:00Z"),
    keyId: "k1",
    platform: "android",
    store: "google-play",
    version: "1.0.9",
    offlineEpoch: 1,
    ...more,
  };
}

export const everybodyAgain = {
  id: "reauth",
  measure: "reauthenticate",
  cohort: "everyone",
  cutoff: "2014-05-27T12:00:00Z",
};
