import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

import { ForwardAuth } from "./forward-auth.ts";
import type { ForwardAuthOptions } from "./forward-auth.ts";

export interface ForwardAuthServerOptions extends ForwardAuthOptions {
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
  /** How long answers that are under way are waited for at the end. */
  readonly drainMs: number;
}

/** The request's headers come from clients of the proxy, large cookies and all. */
const headerBytesMax = 32 * 1024;
/** At the end, connections that proxies keep are closed by their next answer for so long, and then by force. */
const lameDuckMs = 250;
/** Longer than any proxy keeps an idle connection by default, so that it is the proxy that closes it. */
const keepAliveMs = 120_000;

export interface ForwardAuthServer {
  /** `http://host:port`. */
  readonly url: string;
  /** Answers what is under way, and takes nothing more. */
  close(): Promise<void>;
}

/** Listens. Rejects when the address can't be listened on. */
export async function startForwardAuth(options: ForwardAuthServerOptions): Promise<ForwardAuthServer> {
  const { host, port, drainMs } = options;
  const forwardAuth = new ForwardAuth(options);
  const server = createServer(
    { maxHeaderSize: headerBytesMax, keepAliveTimeout: keepAliveMs, requestTimeout: 30_000, noDelay: true },
    forwardAuth.listener,
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  const shownHost = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return {
    url: `http://${shownHost}:${address.port}`,
    async close() {
      forwardAuth.isEnding = true;
      await wait(Math.min(lameDuckMs, drainMs));
      const drained = setTimeout(() => server.closeAllConnections(), drainMs);
      await new Promise<void>((resolve) => server.close(() => resolve()));
      clearTimeout(drained);
    },
  };
}
