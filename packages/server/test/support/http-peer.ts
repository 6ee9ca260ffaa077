import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";

export interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Somebody else's HTTP server on this machine: keeps what it is asked and answers with a status. */
export interface HttpPeer {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly url: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

export async function httpPeer(
  answer: (asked: Asked) => { readonly status: number; readonly body?: string },
): Promise<HttpPeer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = { path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) };
      asked.push(one);
      const { status, body = "" } = answer(one);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const host = `127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}`;
  return {
    host,
    url: `http://${host}`,
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
