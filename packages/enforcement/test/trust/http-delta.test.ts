import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { makeDelta } from "@cordon/bundle";
import { describe, expect, onTestFinished, test } from "vitest";

import { sha256 } from "../../src/bundle-keys.ts";
import { EnforcementPoint, HttpBundleSource, httpBundleSourceDefaults } from "../../src/index.ts";
import { newKey, signedBundle } from "../signed-bundle.ts";
import { nowMs, until } from "../test-point.ts";
import { testFolder } from "./hand-source.ts";

const bundleBytesMax = 1_000_000;
const key = newKey();
const cohorts = { suspects: Array.from({ length: 900 }, (_, i) => `u-${i}`) };
const first = signedBundle({ version: 1, cohorts, keys: [key] });
const second = signedBundle({ version: 2, cohorts, keys: [key] });
const third = signedBundle({ version: 3, cohorts, keys: [key] });
const delta = makeDelta(first, second, { sha256, bundleBytesMax });

const etagOf = (bytes: Uint8Array) => `"${createHash("sha256").update(bytes).digest("hex")}"`;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A control plane that answers as the test says, and what it was asked. */
async function controlPlane(first: Answer) {
  const asked: IncomingMessage["headers"][] = [];
  const plane = { answer: first, asked, url: "" };
  const server = createServer((request, response) => {
    if (request.url !== "/bundles/current") {
      response.writeHead(404).end();
      return;
    }
    asked.push(request.headers);
    plane.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  plane.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return plane;
}

const whole =
  (bytes: Uint8Array): Answer =>
  (request, response) => {
    const etag = etagOf(bytes);
    const known = request.headers["if-none-match"] === etag;
    response.writeHead(known ? 304 : 200, { etag }).end(known ? undefined : bytes);
  };

/** A delta where one is asked for, else the whole. */
const deltaOr =
  (bytes: Uint8Array, result: Uint8Array): Answer =>
  (request, response) => {
    if (request.headers["a-im"] !== "cordon-delta" || request.headers["if-none-match"] === etagOf(result)) {
      whole(result)(request, response);
      return;
    }
    response.writeHead(226, { etag: etagOf(result), im: "cordon-delta" }).end(bytes);
  };

function pointOn(url: string): EnforcementPoint {
  const point = new EnforcementPoint({
    source: new HttpBundleSource({
      ...httpBundleSourceDefaults,
      url,
      token: "t",
      bundleBytesMax,
      point: "gate-1",
      random: () => 0.5,
      pollMs: 15,
      lookAgainSpreadMs: 0,
      backoffFirstMs: 10,
    }),
    publicKeys: [key.publicPem],
    threshold: 1,
    lastGoodFile: join(testFolder(), "last-good.bundle"),
    beforeFirstBundle: "allow",
    withoutPlatform: "refuse",
    keepServing: true,
    bundleBytesMax,
    retryAfterSeconds: { least: 1, most: 1 },
    nowMs: () => nowMs,
    random: () => 0.5,
  });
  onTestFinished(() => point.close());
  return point;
}

describe("a source asks for a delta from the bundle that it has, in the words of RFC 3229", () => {
  test("and puts the bundle in force that comes out", async () => {
    const plane = await controlPlane(whole(first));
    const point = pointOn(plane.url);
    await point.start();
    expect(plane.asked[0]).not.toHaveProperty("a-im");
    expect(plane.asked[0]).toMatchObject({ "cordon-point": "gate-1" });
    expect(delta.length).toBeLessThan(second.length / 5);
    plane.answer = deltaOr(delta, second);
    await until(() => expect(point.status().bundle?.version).toBe(2));
    expect(plane.asked.at(-1)).toMatchObject({ "a-im": "cordon-delta", "if-none-match": etagOf(first) });
    expect(point.counters.report()).toMatchObject({ "bundle.delta.applied": 1 });
    const asked = plane.asked.length;
    await until(() => expect(plane.asked.length).toBeGreaterThan(asked));
    expect(plane.asked.at(-1)).toMatchObject({ "if-none-match": etagOf(second) });
    expect(point.status().bundle?.sha256).toBe(etagOf(second).slice(1, -1));
  });

  test.each([
    ["of another base", makeDelta(second, third, { sha256, bundleBytesMax }), third],
    ["that is cut", delta.subarray(0, -1), second],
    ["that is none", Buffer.from("<html>"), second],
    ["to more bytes than it may have", Buffer.alloc(bundleBytesMax + 1), second],
  ] as const)("and has the whole bundle at once after a delta %s", async (_, bytes, result) => {
    const plane = await controlPlane(whole(first));
    const point = pointOn(plane.url);
    await point.start();
    plane.answer = deltaOr(bytes, result);
    await until(() => expect(point.status().bundle?.sha256).toBe(etagOf(result).slice(1, -1)));
    expect(point.counters.report()).toMatchObject({ "bundle.delta.failed": 1 });
    expect(point.counters.report()).not.toHaveProperty("bundle.refused.oversize");
  });

  test("and checks what comes out like any bundle: a rollback by delta is refused and reported", async () => {
    const plane = await controlPlane(whole(second));
    const point = pointOn(plane.url);
    await point.start();
    plane.answer = deltaOr(makeDelta(second, first, { sha256, bundleBytesMax }), first);
    await until(() => expect(point.status().refusal).toBe("rollback"));
    expect(point.status().bundle?.version).toBe(2);
    const forged = signedBundle({ version: 9, cohorts, keys: [newKey()] });
    plane.answer = deltaOr(makeDelta(first, forged, { sha256, bundleBytesMax }), forged);
    await until(() => expect(point.status().refusal).toBe("bad-signature"));
    expect(point.status().bundle?.version).toBe(2);
  });
});
