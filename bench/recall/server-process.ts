import { open, rename } from "node:fs/promises";
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { encodeBundle, encodeOrdinals, noAccounts } from "@cordon/bundle";
import { sha256, signBundle } from "@cordon/control-plane";
import { openDirectory } from "@cordon/lake";
import type { Directory } from "@cordon/lake";

import { asOfMs, recalledCohort } from "./directory.ts";
import { bundleBytesMax, bundleToken, cohortName, nowNs, msBetween } from "./messages.ts";
import type { ServerOrder, ServerReport, ServerSettings, Steps } from "./messages.ts";

/** Publishes as the control plane does: build, sign, keep on disk before it is named, serve, tell all who listen. */
class BundleServer {
  readonly #settings: ServerSettings;
  readonly #directory: Directory;
  readonly #streams = new Set<ServerResponse>();
  /** The cohort as bits, made before anything was approved. */
  readonly #ready: Uint8Array;
  readonly #accounts: number;
  #served: { readonly etag: string; readonly bytes: Buffer } | null = null;
  #version = 0;
  readonly #server = createServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${bundleToken}`) {
      response.writeHead(401).end();
    } else if (request.url === "/bundles/events") {
      response.writeHead(200, { "content-type": "text/event-stream" }).write(": listening\n\n");
      this.#streams.add(response);
      response.on("close", () => this.#streams.delete(response));
    } else if (request.url !== "/bundles/current" || this.#served === null) {
      response.writeHead(404).end();
    } else if (request.headers["if-none-match"] === this.#served.etag) {
      response.writeHead(304, { etag: this.#served.etag }).end();
    } else {
      const { etag, bytes } = this.#served;
      response.writeHead(200, { etag, "content-length": bytes.length }).end(bytes);
    }
  });

  private constructor(
    settings: ServerSettings,
    directory: Directory,
    ready: { readonly bitmap: Uint8Array; readonly accounts: number },
  ) {
    this.#settings = settings;
    this.#directory = directory;
    this.#ready = ready.bitmap;
    this.#accounts = ready.accounts;
  }

  static async start(settings: ServerSettings): Promise<BundleServer> {
    const directory = await openDirectory({ lakeFolder: settings.lakeFolder });
    const ready = await directory.cohortBitmap(recalledCohort, { keep: false });
    const server = new BundleServer(settings, directory, ready);
    await new Promise<void>((resolve) => {
      server.#server.listen(0, "127.0.0.1", resolve);
    });
    const bitAt = (ordinal: number) => ((ready.bitmap[ordinal >>> 3] ?? 0) >>> (ordinal & 7)) & 1;
    let [recalled, spared] = [0, 0];
    while (bitAt(recalled) !== 1) recalled += 1;
    while (bitAt(spared) !== 0) spared += 1;
    const { port } = server.#server.address() as AddressInfo;
    const { accounts, members } = ready;
    tell({ report: "started", port, accounts, members, recalled, spared });
    return server;
  }

  async publish(cohort: "none" | "ready" | "query"): Promise<void> {
    const times = [nowNs()];
    const lap = () => times.push(nowNs());
    const bitmap =
      cohort === "none"
        ? new Uint8Array(0)
        : cohort === "ready"
          ? this.#ready
          : (await this.#directory.cohortBitmap(recalledCohort, { keep: false })).bitmap;
    lap();
    this.#version += 1;
    const { members, section } = encodeOrdinals(bitmap, "fast");
    const cutoff = "2014-05-27T12:00:00Z";
    const rules = [{ id: "recall", measure: "reauthenticate", cohort: cohortName, cutoff }];
    const unsigned = encodeBundle(
      {
        policy: { version: this.#version, rules },
        asOfMs,
        expiresAtMs: null,
        by: "ordinal",
        accounts: this.#accounts,
        salt: 0,
        cohorts: [{ name: cohortName, members, account: noAccounts, ordinal: section }],
      },
      bundleBytesMax,
    );
    lap();
    const bytes = Buffer.from(signBundle(unsigned, this.#settings.privateKeyPem, { bundleBytesMax }));
    const etag = `"${Buffer.from(sha256(bytes)).toString("hex")}"`;
    lap();
    await this.#keep(bytes);
    lap();
    this.#served = { etag, bytes };
    for (const stream of this.#streams) stream.write("event: look-again\ndata: {}\n\n");
    const took = (step: number) => msBetween(times[step] ?? "0", times[step + 1] ?? "0");
    const steps: Steps = { query: took(0), build: took(1), sign: took(2), keep: took(3) };
    tell({ report: "published", version: this.#version, nudgedNs: nowNs(), bytes: bytes.length, steps });
  }

  end(): void {
    this.#server.closeAllConnections();
    this.#server.close();
    this.#directory.close();
    process.disconnect();
  }

  /** Durable under a name that nobody reads, then under its own. */
  async #keep(bytes: Uint8Array): Promise<void> {
    const { folder } = this.#settings;
    const staged = join(folder, "staged");
    const handle = await open(staged, "w", 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(staged, join(folder, "current.bundle"));
    const directory = await open(folder, "r");
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }
}

function tell(report: ServerReport): void {
  process.send?.(report);
}

let server: BundleServer | null = null;

async function obey(order: ServerOrder): Promise<void> {
  if (order.order === "start") server = await BundleServer.start(order.settings);
  else if (order.order === "publish") await server?.publish(order.cohort);
  else server?.end();
}

process.on("message", (order: ServerOrder) => void obey(order));
