import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { replayActs, type IncidentReplay, type ReplayStep } from "./incident-replay.ts";

/** Where the protected service asks for the replay; on this machine alone. */
export interface ReplayServer {
  readonly url: string;
  readonly token: string;
  close(): Promise<void>;
}

const bodyBytesMax = 4096;
const tokenBytes = 32;

/** Listens before there is a replay; until `play` says which it is, and after its end, the answer is 503. */
export async function startReplayServer(): Promise<ReplayServer & { play(replay: IncidentReplay): void }> {
  const token = randomBytes(tokenBytes).toString("base64url");
  let replay: IncidentReplay | null = null;
  const server = createServer((request, response) => {
    answer(request, response, { token, replay }).catch(() => {
      if (!response.headersSent) response.writeHead(503);
      response.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    token,
    play: (given) => (replay = given),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { token, replay }: { readonly token: string; readonly replay: IncidentReplay | null },
): Promise<void> {
  const given = Buffer.from(request.headers.authorization ?? "");
  const expected = Buffer.from(`Bearer ${token}`);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    response.writeHead(401).end();
    return;
  }
  const asked = readAsked(await readBody(request));
  if (asked === null) {
    response.writeHead(400).end();
    return;
  }
  if (replay === null) {
    response.writeHead(503).end();
    return;
  }
  const { accountId, step } = asked;
  const inForce = step === null ? replay.inForce(accountId) : await replay.act(accountId, step);
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ inForce }));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) return "";
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Null for anything else than an account and a step. */
function readAsked(text: string): { readonly accountId: string; readonly step: ReplayStep | null } | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof body !== "object" || body === null || !("accountId" in body) || !("step" in body)) return null;
  const { accountId, step } = body;
  if (typeof accountId !== "string" || accountId === "") return null;
  const known = [null, "clear", ...replayActs].find((one) => one === step);
  return known === undefined ? null : { accountId, step: known as ReplayStep | null };
}
