import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import {
  FileBundleSource,
  fileBundleSourceDefaults,
  HttpBundleSource,
  httpBundleSourceDefaults,
  StaticBundleSource,
  staticBundleSourceDefaults,
} from "../../src/index.ts";
import type { BundleSource } from "../../src/index.ts";
import { testFolder } from "./hand-source.ts";

const common = { bundleBytesMax: 1000, random: () => 0.5 };
const files: Readonly<Record<string, string>> = {
  "/bundles/freshness": "a stamp",
  "/bundles/trust/2": "x".repeat(100),
};

async function host(): Promise<string> {
  const server = createServer((request, response) => {
    const file = files[request.url ?? ""];
    if (request.url === "/bundles/trust/3") response.writeHead(503).end();
    else response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function folder(): string {
  const at = testFolder();
  mkdirSync(join(at, "trust", "3"), { recursive: true });
  writeFileSync(join(at, "freshness"), "a stamp");
  writeFileSync(join(at, "trust", "2"), "x".repeat(100));
  return at;
}

const sources: Readonly<Record<string, () => Promise<BundleSource>>> = {
  "the control plane": async () =>
    new HttpBundleSource({ ...httpBundleSourceDefaults, ...common, url: await host(), token: "t" }),
  "a static host": async () =>
    new StaticBundleSource({
      ...staticBundleSourceDefaults,
      ...common,
      url: `${await host()}/bundles/current`,
    }),
  "a folder": () =>
    Promise.resolve(
      new FileBundleSource({ ...fileBundleSourceDefaults, ...common, file: join(folder(), "current") }),
    ),
};

test.each(Object.entries(sources))(
  "%s has small files beside its bundle, and no more of them than asked for",
  async (_, make) => {
    const source = await make();
    onTestFinished(() => source.close());
    expect(Buffer.from((await source.beside?.("freshness", 7)) ?? []).toString()).toBe("a stamp");
    expect(await source.beside?.("trust/1", 1000)).toBeNull();
    expect(await source.beside?.("trust/2", 100)).toHaveLength(100);
    await expect(source.beside?.("trust/2", 99)).rejects.toThrow(/more than 99 bytes/);
    await expect(source.beside?.("trust/3", 1000)).rejects.toThrow();
  },
);
