import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import { FileBundleSource, HttpBundleSource, StaticBundleSource } from "../src/index.ts";
import { bundleSourceConformance, sourceBytesMax } from "./bundle-source-conformance.ts";
import { BundleServer, bundleToken } from "./bundle-server.ts";
import { Bucket } from "./bucket.ts";

const often = {
  bundleBytesMax: sourceBytesMax,
  random: () => 0.5,
  pollMs: 10,
  backoffFirstMs: 5,
  backoffLongestMs: 20,
  fetchTimeoutMs: 30_000,
};

bundleSourceConformance("HttpBundleSource", async () => {
  const server = new BundleServer();
  const url = await server.start();
  onTestFinished(() => server.stop().catch(() => undefined));
  return {
    source: () =>
      new HttpBundleSource({ ...often, url, token: bundleToken, lookAgainSpreadMs: 0, streamIdleMs: 5_000 }),
    put: (bytes) => server.serve(bytes),
    remove: () => server.serveNone(),
    breakIt: () => {
      server.broken = true;
    },
    mend: () => {
      server.broken = false;
    },
  };
});

for (const validator of ["ETag", "Last-Modified"] as const) {
  bundleSourceConformance(`StaticBundleSource on a host with ${validator}`, async () => {
    const bucket = await Bucket.start({ validator });
    return {
      source: () => new StaticBundleSource({ ...often, url: bucket.url, redirectsMax: 3 }),
      put: (bytes) => bucket.put(bytes),
      remove: () => bucket.remove(),
      breakIt: () => {
        bucket.fault = "503";
      },
      mend: () => {
        bucket.fault = null;
      },
    };
  });
}

bundleSourceConformance("FileBundleSource", () => {
  const folder = mkdtempSync(join(tmpdir(), "bundle-file-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "current.bundle");
  const aside = join(folder, "aside");
  let broken = false;
  let kept: Uint8Array | null = null;
  const put = (bytes: Uint8Array) => {
    kept = bytes;
    if (broken) return;
    writeFileSync(`${file}.draft`, bytes);
    renameSync(`${file}.draft`, file);
  };
  const remove = () => {
    kept = null;
    if (!broken) rmSync(file, { force: true });
  };
  return Promise.resolve({
    source: () => new FileBundleSource({ ...often, file, stillMs: 1 }),
    put,
    remove,
    // A folder in the file's place can be opened, but not read.
    breakIt: () => {
      if (broken) return;
      rmSync(file, { force: true });
      mkdirSync(file);
      chmodSync(file, 0o700);
      broken = true;
    },
    mend: () => {
      if (!broken) return;
      renameSync(file, aside);
      rmSync(aside, { recursive: true });
      broken = false;
      if (kept !== null) put(kept);
    },
  });
});
