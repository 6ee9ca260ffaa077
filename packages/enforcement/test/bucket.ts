import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { onTestFinished } from "vitest";

/** What may be wrong with a bucket's answers. */
export type BucketFault =
  | "403"
  | "503"
  | "truncated"
  | "too-short"
  | "ends-with-connection"
  | "trickle"
  | "hangs"
  | "redirect"
  | "redirect-loop"
  | "redirect-to-ftp";

/**
 * An object of an S3-compatible bucket, as one meets it over HTTP: quoted ETag (MD5 of the object), Last-Modified in whole
 * seconds, 304, XML errors, 403 in place of 404 where listing is not allowed.
 */
export class Bucket {
  readonly #validator: "ETag" | "Last-Modified" | "none";
  readonly #server = createServer((request, response) => this.#answer(request, response));
  #port = 0;
  #object: Uint8Array | null = null;
  #modifiedMs = Date.parse("2014-05-28T00:00:00Z");
  fault: BucketFault | null = null;
  /** Where the fault `redirect` leads. */
  redirectTo = "";
  /** Announced in place of the object's own length. */
  announcedBytes: number | null = null;
  readonly requests: {
    readonly url: string;
    readonly headers: IncomingMessage["headers"];
    readonly status: number;
  }[] = [];
  sentBytes = 0;

  private constructor(validator: "ETag" | "Last-Modified" | "none") {
    this.#validator = validator;
  }

  static async start(
    options: { readonly validator?: "ETag" | "Last-Modified" | "none" } = {},
  ): Promise<Bucket> {
    const bucket = new Bucket(options.validator ?? "ETag");
    await new Promise<void>((resolve) => {
      bucket.#server.listen(0, "127.0.0.1", resolve);
    });
    bucket.#port = (bucket.#server.address() as AddressInfo).port;
    onTestFinished(async () => {
      bucket.#server.closeAllConnections();
      await new Promise((resolve) => bucket.#server.close(resolve));
    });
    return bucket;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/cordon/current.bundle`;
  }

  put(bytes: Uint8Array): void {
    this.#object = bytes;
    this.#modifiedMs += 1_000;
  }

  remove(): void {
    this.#object = null;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    response.on("close", () => {
      this.requests.push({ url: request.url ?? "", headers: request.headers, status: response.statusCode });
    });
    if (this.fault === "hangs") return;
    if (this.fault === "403" || this.fault === "503") {
      response.writeHead(Number(this.fault), { "content-type": "application/xml" });
      response.end("<Error><Code>AccessDenied</Code></Error>");
    } else if (
      this.fault === "redirect" ||
      this.fault === "redirect-loop" ||
      this.fault === "redirect-to-ftp"
    ) {
      const to = {
        redirect: this.redirectTo,
        "redirect-loop": this.url,
        "redirect-to-ftp": "ftp://example/b",
      };
      response.writeHead(307, { location: to[this.fault] }).end("moved");
    } else if (this.#object === null) {
      response
        .writeHead(404, { "content-type": "application/xml" })
        .end("<Error><Code>NoSuchKey</Code></Error>");
    } else {
      this.#answerObject(this.#object, request, response);
    }
  }

  #answerObject(object: Uint8Array, request: IncomingMessage, response: ServerResponse): void {
    const etag = `"${createHash("md5").update(object).digest("hex")}"`;
    const lastModified = new Date(this.#modifiedMs).toUTCString();
    if (this.#validator === "ETag") response.setHeader("etag", etag);
    if (this.#validator === "Last-Modified") response.setHeader("last-modified", lastModified);
    const same =
      (this.#validator === "ETag" && request.headers["if-none-match"] === etag) ||
      (this.#validator === "Last-Modified" && request.headers["if-modified-since"] === lastModified);
    if (same) {
      response.writeHead(304).end();
      return;
    }
    const announced = this.announcedBytes ?? object.length;
    if (this.fault === "ends-with-connection") {
      // As HTTP/1.0 did: nothing says where the body ends.
      request.socket.end(
        Buffer.concat([
          Buffer.from(`HTTP/1.0 200 OK\r\netag: ${etag}\r\n\r\n`),
          object.subarray(0, announced),
        ]),
      );
      return;
    }
    response.writeHead(200, { "content-length": announced });
    if (this.fault === "truncated") {
      response.write(object.subarray(0, object.length / 2), () => request.socket.destroy());
    } else if (this.fault === "trickle") {
      this.#trickle(object, response);
    } else {
      this.sentBytes += object.length;
      request.socket.write("");
      response.end(object);
    }
  }

  #trickle(object: Uint8Array, response: ServerResponse): void {
    let at = 0;
    const timer = setInterval(() => {
      response.write(object.subarray(at, at + 1));
      at += 1;
    }, 5);
    response.on("close", () => clearInterval(timer));
  }
}
