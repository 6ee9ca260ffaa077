import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { buildBundle, generateBundleKeyPair } from "@cordon/control-plane";

export const enforcementToken = "enforcement-token";

async function* directoryOf(accountIds: readonly string[]) {
  await Promise.resolve();
  yield { accountIds, ordinals: null };
}

/** A control plane as far as an enforcement point sees it: bundles, "look again", and progress reports. */
export class FakeControlPlane {
  readonly keys = generateBundleKeyPair();
  readonly reports: unknown[] = [];
  readonly #server = createServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${enforcementToken}`) {
      response.writeHead(401).end();
      return;
    }
    if (request.url === "/bundles/events") {
      response.writeHead(200, { "content-type": "text/event-stream" }).write(": here\n\n");
      this.#listeners.add(response);
      response.on("close", () => this.#listeners.delete(response));
      return;
    }
    if (request.url === "/v1/progress") {
      void request.toArray().then((chunks) => {
        this.reports.push(JSON.parse(Buffer.concat(chunks as Buffer[]).toString()));
        response.writeHead(204).end();
      });
      return;
    }
    if (this.#bundle === null) response.writeHead(404).end();
    else response.writeHead(200, { etag: `"${this.#bundle.length}"` }).end(this.#bundle);
  });
  readonly #listeners = new Set<ServerResponse>();
  #bundle: Uint8Array | null = null;

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async publish(
    policy: { version: number; rules: object[] },
    cohorts: Record<string, string[]> = {},
  ): Promise<void> {
    const members = new Map(Object.entries(cohorts));
    const { bytes } = await buildBundle({
      policy,
      members,
      accounts: () => directoryOf([...members.values()].flat()),
      // A test's own clock may be ahead.
      asOfMs: Date.now() + 60_000,
      expiresAtMs: null,
      by: "account",
      privateKeyPem: this.keys.privateKeyPem,
    });
    this.#bundle = bytes;
    for (const listener of this.#listeners) listener.write("event: look-again\ndata: \n\n");
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
