import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";

export const bundleToken = "bundle-token";

function* zeros(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(10_000);
}

/** A control plane that serves whatever it is told to, good or bad. */
export class BundleServer {
  readonly asked: { readonly ifNoneMatch: string | undefined; readonly status: number }[] = [];
  readonly reports: unknown[] = [];
  readonly #listeners = new Set<ServerResponse>();
  #bundle: Uint8Array | null = null;
  #etag = 0;
  #port = 0;
  streams = true;
  /** Answers everything with an error. */
  broken = false;
  /** Serves a bundle that has no end, until the other side hangs up. */
  endless = false;
  endlessEnded = false;
  readonly #server = createServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${bundleToken}`) {
      response.writeHead(401).end();
    } else if (this.broken) {
      response.writeHead(500).end();
    } else if (request.url === "/bundles/events") {
      if (!this.streams) {
        response.writeHead(503).end();
        return;
      }
      response.writeHead(200, { "content-type": "text/event-stream" }).write(": listening\n\n");
      this.#listeners.add(response);
      response.on("close", () => this.#listeners.delete(response));
    } else if (request.url === "/v1/progress") {
      void request.toArray().then((chunks) => {
        this.reports.push(JSON.parse(Buffer.concat(chunks as Buffer[]).toString()));
        response.writeHead(204).end();
      });
    } else if (this.endless) {
      response.on("close", () => (this.endlessEnded = true));
      Readable.from(zeros()).pipe(response);
    } else {
      const etag = `"${this.#etag}"`;
      const ifNoneMatch = request.headers["if-none-match"];
      const status = this.#bundle === null ? 404 : ifNoneMatch === etag ? 304 : 200;
      this.asked.push({ ifNoneMatch, status });
      response.writeHead(status, { etag }).end(status === 200 ? this.#bundle : undefined);
    }
  });

  /** Listens where it listened before, or on a free port. */
  async start(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.#port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  serve(bytes: Uint8Array): void {
    this.#bundle = bytes;
    this.#etag += 1;
    this.lookAgain();
  }

  /** As before the first bundle. */
  serveNone(): void {
    this.#bundle = null;
    this.lookAgain();
  }

  lookAgain(): void {
    for (const listener of this.#listeners) listener.write("event: look-again\ndata: {}\n\n");
  }

  get listeners(): number {
    return this.#listeners.size;
  }
}
