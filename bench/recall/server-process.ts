import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { BundleFolder, buildOrdinalBundle } from "@cordon/control-plane";
import type { ServedBundle } from "@cordon/control-plane";
import { openDirectory } from "@cordon/lake";
import type { Directory } from "@cordon/lake";

import { asOfMs, recalledCohort } from "./directory.ts";
import { bundleBytesMax, bundleToken, cohortName, nowNs, msBetween } from "./messages.ts";
import type { ServerOrder, ServerReport, ServerSettings, Steps } from "./messages.ts";

/** Publishes by the control plane's own code: build, sign, keep on disk, name, serve, tell all who listen. */
class BundleServer {
  readonly #settings: ServerSettings;
  readonly #bundles: BundleFolder;
  readonly #directory: Directory;
  readonly #streams = new Set<ServerResponse>();
  /** The cohort as bits, made before anything was approved. */
  readonly #ready: Uint8Array;
  readonly #accounts: number;
  #version = 0;
  readonly #server = createServer((request, response) => {
    const { served } = this.#bundles;
    if (request.headers.authorization !== `Bearer ${bundleToken}`) {
      response.writeHead(401).end();
    } else if (request.url === "/bundles/events") {
      response.writeHead(200, { "content-type": "text/event-stream" }).write(": listening\n\n");
      this.#streams.add(response);
      response.on("close", () => this.#streams.delete(response));
    } else if (request.url !== "/bundles/current" || served === null) {
      response.writeHead(404).end();
    } else {
      this.#send(served, request.headers["if-none-match"], response);
    }
  });

  private constructor(
    settings: ServerSettings,
    directory: Directory,
    ready: { readonly bitmap: Uint8Array; readonly accounts: number },
  ) {
    this.#settings = settings;
    this.#bundles = new BundleFolder(settings.folder);
    this.#bundles.onChange(() => {
      for (const stream of this.#streams) stream.write("event: look-again\ndata: {}\n\n");
    });
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
    const cutoff = "2014-05-27T12:00:00Z";
    const rules = [{ id: "recall", measure: "reauthenticate", cohort: cohortName, cutoff }];
    const { bytes, sha256 } = buildOrdinalBundle({
      policy: { version: this.#version, rules },
      members: new Map([[cohortName, bitmap]]),
      accounts: this.#accounts,
      asOfMs,
      expiresAtMs: null,
      privateKeyPem: this.#settings.privateKeyPem,
      wire: "fast",
      bundleBytesMax,
    });
    lap();
    await this.#bundles.stage(this.#version, bytes, sha256);
    lap();
    // In between the control plane writes into its journal, which is not measured here.
    await this.#bundles.putInForce(this.#version, sha256, bytes);
    const took = (step: number) => msBetween(times[step] ?? "0", times[step + 1] ?? "0");
    const steps: Steps = { query: took(0), build: took(1), keep: took(2) };
    tell({ report: "published", version: this.#version, bytes: bytes.length, steps });
  }

  end(): void {
    this.#server.closeAllConnections();
    this.#server.close();
    this.#directory.close();
    process.disconnect();
  }

  #send({ sha256, bytes }: ServedBundle, known: string | undefined, response: ServerResponse): void {
    const etag = `"${sha256}"`;
    if (known === etag) response.writeHead(304, { etag }).end();
    else response.writeHead(200, { etag, "content-length": bytes.length }).end(bytes);
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
