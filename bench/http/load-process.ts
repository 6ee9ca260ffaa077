/**
 * Load in a process of its own: on `{port, requests}` it sends so many requests over a few kept connections, some of them
 * ahead of their answers (HTTP/1.1 pipelining), and says how many were answered with which status.
 */
import { once } from "node:events";
import { connect } from "node:net";

export interface LoadOrder {
  readonly port: number;
  readonly requests: number;
  readonly connections: number;
  /** Requests on the way on one connection. */
  readonly ahead: number;
  readonly sessions: number;
}

export interface LoadReport {
  readonly ok: number;
  readonly denied: number;
}

const statusStart = "HTTP/1.1 ";

async function onOneConnection(order: LoadOrder, requests: number, seed: number): Promise<LoadReport> {
  const socket = connect({ host: "127.0.0.1", port: order.port, noDelay: true });
  await once(socket, "connect");
  let state = seed;
  const nextSession = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % order.sessions;
  };
  let sent = 0;
  let ok = 0;
  let denied = 0;
  let left = "";
  const send = (count: number): void => {
    let text = "";
    for (let i = 0; i < count && sent < requests; i += 1, sent += 1) {
      text += `GET /${nextSession()} HTTP/1.1\r\nHost: overture.example\r\nAuthorization: Bearer x\r\n\r\n`;
    }
    if (text !== "") socket.write(text);
  };
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.on("data", (chunk: Buffer) => {
      const text = left + chunk.toString("latin1");
      let answered = 0;
      let from = 0;
      // Bodies hold no status line, so each one is an answer.
      for (;;) {
        const at = text.indexOf(statusStart, from);
        if (at < 0 || text.length < at + statusStart.length + 3) break;
        const status = text.slice(at + statusStart.length, at + statusStart.length + 3);
        if (status === "200") ok += 1;
        else if (status === "401") denied += 1;
        else reject(new Error(`status ${status}`));
        answered += 1;
        from = at + statusStart.length + 3;
      }
      left = text.slice(Math.max(from, text.length - statusStart.length - 2));
      send(answered);
      if (ok + denied === requests) {
        socket.destroy();
        resolve({ ok, denied });
      }
    });
    send(order.ahead);
  });
}

async function run(order: LoadOrder): Promise<LoadReport> {
  const each = Math.ceil(order.requests / order.connections);
  const reports = await Promise.all(
    Array.from({ length: order.connections }, (_, index) => onOneConnection(order, each, index + 1)),
  );
  return {
    ok: reports.reduce((sum, { ok }) => sum + ok, 0),
    denied: reports.reduce((sum, { denied }) => sum + denied, 0),
  };
}

if (process.send !== undefined) {
  process.on("message", (order) => {
    void run(order as LoadOrder).then((report) => process.send?.(report));
  });
  process.once("disconnect", () => process.exit(0));
  process.send("ready");
}
