import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { answerAddCheckpoint, type Cosigner, type VerifierKey } from "@cordon/transparency";
import type { WitnessStateFile } from "./witness-state.ts";

/** A proof of 63 hashes and a checkpoint with many signatures. */
const requestBytesMax = 64 * 1024;
const requestMs = 10_000;

export interface RunningWitness {
  /** The submission prefix, to which `/add-checkpoint` is appended. */
  readonly url: string;
  close(): Promise<void>;
}

/** A witness over HTTP (C2SP tlog-witness): one request at a time, each kept on disk before it is answered. */
export async function serveWitness(given: {
  readonly port: number;
  readonly cosigner: Cosigner;
  readonly logs: readonly VerifierKey[];
  readonly stateFile: WitnessStateFile;
  readonly clock: () => number;
}): Promise<RunningWitness> {
  const { cosigner, stateFile, clock } = given;
  let state = await stateFile.read(given.logs);
  let turn: Promise<unknown> = Promise.resolve();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "POST" || request.url !== "/add-checkpoint") {
      response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("not found\n");
      return;
    }
    const body = await readBody(request);
    if (body === null) {
      response.writeHead(413, { "content-type": "text/plain; charset=utf-8", connection: "close" });
      response.end("too large\n");
      return;
    }
    const step = turn.then(async () => {
      const timeSeconds = Math.floor(clock() / 1000);
      const answered = answerAddCheckpoint(state, body, { cosigner, timeSeconds });
      if (answered.status === 200) {
        await stateFile.write(answered.state);
        state = answered.state;
      }
      return answered;
    });
    turn = step.catch(() => undefined);
    const { status, contentType, body: text } = await step;
    response.writeHead(status, { "content-type": contentType }).end(text);
  }

  const server = createServer({ requestTimeout: requestMs }, (request, response) => {
    answer(request, response).catch(() => {
      // What can't be kept is not cosigned.
      if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain; charset=utf-8" });
      response.end("failed\n");
    });
  });
  server.listen(given.port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : given.port;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await turn;
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > requestBytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
