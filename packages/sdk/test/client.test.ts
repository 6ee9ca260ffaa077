import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { problem } from "@cordon/contract";
import { ApiError, CordonClient } from "@cordon/sdk";
import { afterEach, describe, expect, test } from "vitest";

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly key: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

type Reply = (response: ServerResponse, request: IncomingMessage) => void;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that gives the replies one after the other, and remembers what it was asked. */
async function scripted(
  replies: readonly Reply[],
  port = 0,
): Promise<{ url: string; port: number; seen: Seen[] }> {
  const seen: Seen[] = [];
  const rest = [...replies];
  const server = createServer((request, response) => {
    void (async () => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      const key = request.headers["idempotency-key"];
      seen.push({
        method: request.method ?? "",
        path: request.url ?? "",
        key: typeof key === "string" ? key : undefined,
        authorization: request.headers.authorization,
        body,
      });
      rest.shift()?.(response, request);
    })();
  });
  servers.push(server);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}`, port: address.port, seen };
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Reply =>
  (response) => {
    response.writeHead(status, {
      "content-type": status >= 400 ? "application/problem+json" : "application/json",
      ...headers,
    });
    response.end(JSON.stringify(body));
  };
const cut: Reply = (_, request) => request.socket.destroy();

function client(url: string): CordonClient {
  let n = 0;
  return new CordonClient({
    url: `${url}/`,
    token: "secret",
    newId: () => `key-${++n}`,
    retry: { attemptsMax: 4, delayMs: 1, delayMsMax: 2 },
  });
}

describe("a command", () => {
  test("is repeated with the same key when the connection is lost on the way", async () => {
    const { url, seen } = await scripted([cut, cut, json(201, { id: "inc-1" })]);
    expect(await client(url).openIncident({ title: "t" })).toEqual({ id: "inc-1" });
    expect(seen.map((one) => one.key)).toEqual(["key-1", "key-1", "key-1"]);
    expect(seen[2]).toMatchObject({
      method: "POST",
      path: "/v1/incidents",
      authorization: "Bearer secret",
      body: '{"title":"t"}',
    });
  });

  test("has its own key each time, or the one that is given", async () => {
    const { url, seen } = await scripted([json(201, {}), json(201, {}), json(201, {})]);
    const api = client(url);
    await api.openIncident({ title: "t" });
    await api.openIncident({ title: "t" });
    await api.openIncident({ title: "t" }, { idempotencyKey: "mine" });
    expect(seen.map((one) => one.key)).toEqual(["key-1", "key-2", "mine"]);
  });

  test("is not repeated after a refusal, which becomes an error with the server's problem", async () => {
    const refused = problem("refused", {
      detail: "nobody has accepted it",
      code: "ERR_ASSUMPTIONS_OPEN",
      hint: "accept it",
    });
    const { url, seen } = await scripted([json(409, refused)]);
    const error = await client(url)
      .makeClaim("inc-1", { answerDigest: "sha256:x" })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      code: "ERR_API_PROBLEM",
      status: 409,
      message: "nobody has accepted it",
      hint: "accept it",
      problem: refused,
    });
    expect(seen).toHaveLength(1);
  });
});

describe("a query", () => {
  test("is repeated while the server is not there, until it is", async () => {
    const first = await scripted([]);
    const gone = servers.pop();
    gone?.close();
    const answered = client(first.url).status();
    const second = await scripted([json(200, { version: "1" })], first.port);
    expect(await answered).toEqual({ version: "1" });
    expect(second.seen[0]?.path).toBe("/v1/status");
  });

  test("is repeated when the server is not ready yet", async () => {
    const { url, seen } = await scripted([json(503, problem("unavailable")), json(200, {})]);
    await client(url).status();
    expect(seen).toHaveLength(2);
  });

  test("ends as unreachable after every attempt", async () => {
    const { url, seen } = await scripted([cut, cut, cut, cut, cut]);
    await expect(client(url).status()).rejects.toMatchObject({ code: "ERR_API_UNREACHABLE", status: null });
    expect(seen).toHaveLength(4);
  });

  test("ends with an error of its own when the answer is not of this API", async () => {
    const { url } = await scripted([json(404, "no problem")]);
    await expect(client(url).status()).rejects.toMatchObject({
      code: "ERR_API_UNREADABLE",
      status: 404,
      problem: null,
    });
  });

  test("ends when it is aborted", async () => {
    const { url } = await scripted([() => undefined]);
    const stop = new AbortController();
    const asked = client(url).status({ signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
  });
});

test("an id in a path can't lead elsewhere", async () => {
  const { url, seen } = await scripted([json(200, {})]);
  await client(url).readIncident("../status?x");
  expect(seen[0]?.path).toBe("/v1/incidents/..%2Fstatus%3Fx");
});
