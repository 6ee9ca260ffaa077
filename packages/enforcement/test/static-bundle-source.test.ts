import { createServer } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, onTestFinished, test } from "vitest";

import { EnforcementError, StaticBundleSource } from "../src/index.ts";
import type { StaticBundleSourceOptions } from "../src/index.ts";
import { Bucket } from "./bucket.ts";
import type { BucketFault } from "./bucket.ts";
import { OfferLog } from "./bundle-source-conformance.ts";
import { signedBundle } from "./signed-bundle.ts";
import { testPoint, until } from "./test-point.ts";

function staticSource(url: string, options: Partial<StaticBundleSourceOptions> = {}) {
  const source = new StaticBundleSource({
    url,
    bundleBytesMax: 1_000,
    random: () => 0.5,
    pollMs: 10,
    fetchTimeoutMs: 30_000,
    backoffFirstMs: 5,
    backoffLongestMs: 20,
    redirectsMax: 3,
    ...options,
  });
  onTestFinished(() => source.close());
  return source;
}

test("what has not changed is answered by 304: quoted ETag, or Last-Modified where there is none", async () => {
  for (const validator of ["ETag", "Last-Modified"] as const) {
    const bucket = await Bucket.start({ validator });
    const log = new OfferLog();
    bucket.put(Buffer.from("one"));
    await staticSource(bucket.url).follow(log.offer, log.watch);
    await until(() =>
      expect(bucket.requests.filter(({ status }) => status === 304).length).toBeGreaterThan(2),
    );
    expect(bucket.requests.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(log.texts).toEqual(["one"]);
  }
});

test.each<[BucketFault, RegExp]>([
  ["403", /answered 403/],
  ["503", /answered 503/],
  ["truncated", /terminated|closed|aborted/],
  ["too-short", /no answer within/],
  ["trickle", /no answer within/],
  ["hangs", /no answer within/],
  ["redirect-loop", /more than 3 redirects/],
  ["redirect-to-ftp", /no http or https URL/],
])("nothing is offered, the failure is told, and it goes on: %s", async (fault, message) => {
  const bucket = await Bucket.start();
  bucket.put(Buffer.alloc(900, "z"));
  bucket.fault = fault;
  if (fault === "too-short") bucket.announcedBytes = 950;
  const log = new OfferLog();
  const told: unknown[] = [];
  // Short only where it must run out: what is answered may be answered late.
  const isWaitedFor = message.source === "no answer within";
  const source = staticSource(bucket.url, { fetchTimeoutMs: isWaitedFor ? 100 : 30_000 });
  await source.follow(log.offer, { ...log.watch, failed: (error) => told.push(error) });
  expect(log.texts).toEqual([]);
  expect(told).toHaveLength(1);
  expect(String(told[0])).toMatch(message);
  bucket.fault = null;
  bucket.announcedBytes = null;
  await until(() => expect(log.texts).toEqual(["z".repeat(900)]));
});

test("an announced length over the limit is refused before a byte of the body is read", async () => {
  const bucket = await Bucket.start();
  bucket.put(Buffer.alloc(900, "z"));
  bucket.announcedBytes = 1_001;
  const log = new OfferLog();
  await staticSource(bucket.url).follow(log.offer, log.watch);
  expect(log).toMatchObject({ texts: [], oversize: 1, failed: 0 });
});

test("a bundle that was cut where only the connection's end tells its length is fetched again, though it was refused", async () => {
  const bucket = await Bucket.start();
  const { key, point } = await testPoint();
  const bytes = signedBundle({ version: 1, keys: [key] });
  bucket.put(bytes);
  bucket.fault = "ends-with-connection";
  bucket.announcedBytes = 100;
  const enforced = point({ source: staticSource(bucket.url, { bundleBytesMax: 100_000 }) });
  await enforced.start();
  expect(enforced.status().refusal).toBe("malformed");
  bucket.announcedBytes = null;
  await until(() => expect(enforced.status().bundle?.version).toBe(1));
});

test("a presigned URL is taken as it is, and headers are sent along", async () => {
  const bucket = await Bucket.start();
  bucket.put(Buffer.from("one"));
  const query =
    "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AK%2F20140528%2Feu&X-Amz-Signature=ab%20c";
  const log = new OfferLog();
  await staticSource(`${bucket.url}${query}`, { headers: { "x-tenant": "overture" } }).follow(
    log.offer,
    log.watch,
  );
  expect(log.texts).toEqual(["one"]);
  expect(bucket.requests[0]?.url).toBe(`/cordon/current.bundle${query}`);
  expect(bucket.requests[0]?.headers["x-tenant"]).toBe("overture");
});

test("a redirect is followed; the headers go to no other origin, and nowhere from https to http", async () => {
  const bucket = await Bucket.start();
  const seen: IncomingHttpHeaders[] = [];
  const other = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(200, { "content-length": 5, etag: '"1"' }).end("other");
  });
  await new Promise<void>((resolve) => {
    other.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    other.closeAllConnections();
    other.close();
  });
  bucket.fault = "redirect";
  bucket.redirectTo = `http://127.0.0.1:${(other.address() as AddressInfo).port}/elsewhere`;
  const log = new OfferLog();
  const headers = { authorization: "Bearer secret" };
  await staticSource(bucket.url, { headers }).follow(log.offer, log.watch);
  expect(log.texts).toEqual(["other"]);
  expect(seen[0]?.authorization).toBe(undefined);
  expect(bucket.requests[0]?.headers.authorization).toBe("Bearer secret");

  const told: unknown[] = [];
  const asked: string[] = [];
  const down = staticSource("https://bucket.example/b", {
    headers,
    fetch: (input) => {
      asked.push(input instanceof URL ? input.href : "");
      return Promise.resolve(
        new Response(null, { status: 302, headers: { location: "http://bucket.example/b" } }),
      );
    },
  });
  await down.follow(log.offer, { ...log.watch, failed: (error) => told.push(error) });
  expect(String(told[0])).toMatch(/from https to http/);
  expect(new Set(asked)).toEqual(new Set(["https://bucket.example/b"]));
});

test("an address that is no http or https URL is wrong", () => {
  for (const url of ["s3://bucket/key", "current.bundle", ""]) {
    expect(() => staticSource(url)).toThrow(EnforcementError);
  }
});
