import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { expect, test } from "vitest";

import { EnforcementPoint } from "../src/index.ts";
import type { BundleSource, Offer } from "../src/index.ts";
import { newKey, signedBundle, tampered } from "./signed-bundle.ts";
import { everybodyAgain, nowMs, request } from "./test-point.ts";

/** A source that offers what the test hands it. */
class OfferedByHand implements BundleSource {
  offer: (bytes: Uint8Array) => Promise<Offer> = () => Promise.reject(new Error("nobody follows"));

  follow(offer: (bytes: Uint8Array) => Promise<Offer>): Promise<void> {
    this.offer = offer;
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const key = newKey();
const foreign = newKey();

const step = fc.record({
  kind: fc.constantFrom("good", "tampered", "foreign", "expired", "cut", "restart"),
  version: fc.integer({ min: 0, max: 6 }),
  denies: fc.boolean(),
});

test("the version an enforcement point holds never goes down, whatever is offered and however often it restarts", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      const folder = mkdtempSync(join(tmpdir(), "enforcement-"));
      const open = async () => {
        const source = new OfferedByHand();
        const point = new EnforcementPoint({
          source,
          publicKeys: [key.publicPem],
          threshold: 1,
          lastGoodFile: join(folder, "last-good.bundle"),
          beforeFirstBundle: "allow",
          withoutPlatform: "refuse",
          keepServing: true,
          bundleBytesMax: 100_000,
          retryAfterSeconds: { least: 1, most: 1 },
          nowMs: () => nowMs,
          random: () => 0,
        });
        await point.start();
        return { source, point };
      };
      let { source, point } = await open();
      let inForce: { version: number; denies: boolean } | null = null;
      for (const { kind, version, denies } of steps) {
        if (kind === "restart") {
          await point.close();
          ({ source, point } = await open());
        } else {
          const bytes = signedBundle({
            version,
            rules: denies ? [everybodyAgain] : [],
            expiresAtMs: kind === "expired" ? nowMs : null,
            keys: [kind === "foreign" ? foreign : key],
          });
          const offered =
            kind === "tampered" ? tampered(bytes) : kind === "cut" ? bytes.subarray(0, -1) : bytes;
          await source.offer(offered);
          if (kind === "good" && (inForce === null || version > inForce.version))
            inForce = { version, denies };
        }
        expect(point.status().bundle?.version ?? null).toBe(inForce?.version ?? null);
        expect(point.decide({ request: request(), claimed: null }).allow).toBe(!(inForce?.denies ?? false));
      }
      await point.close();
      rmSync(folder, { recursive: true });
    }),
    { numRuns: 60 },
  );
});
