import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/** What the server says: a line, the beginning of one before it closes, nothing, or nothing before it resets. */
export type Reply = string | { readonly cut: string } | typeof silence | typeof drop;
export const silence = { say: "nothing" } as const;
export const drop = { say: "reset" } as const;

export type Script = {
  /** Reply to a recipient, an address in lower case; by default `250 ok`. */
  readonly onRecipient?: (address: string) => Reply;
  /** Reply to the message of a recipient; by default `250 ok`, and only then the message counts as taken. */
  readonly onMessage?: (address: string, message: string) => Reply;
  readonly onSender?: () => Reply;
  readonly onConnection?: (nth: number) => Reply;
  readonly pipelining?: boolean;
};

export type ScriptedSmtp = {
  readonly port: number;
  readonly connections: number;
  /** Messages by recipient, in order of arrival, counted when the whole of it was here. */
  readonly arrived: readonly { readonly address: string; readonly message: string }[];
  readonly close: () => Promise<void>;
};

/** An SMTP server on a real socket that can misbehave at every step: cut replies, drop connections, say nothing. */
export async function scriptedSmtp(script: Script = {}): Promise<ScriptedSmtp> {
  const sockets = new Set<Socket>();
  const arrived: { address: string; message: string }[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    connections++;
    let buffered = "";
    let address = "";
    let inMessage = false;
    let closed = false;
    let recipientTaken = false;
    const say = (reply: Reply): boolean => {
      if (reply === silence) return false;
      if (reply === drop) {
        closed = true;
        socket.resetAndDestroy();
        return false;
      }
      if (typeof reply === "object" && "cut" in reply) {
        closed = true;
        socket.end(reply.cut);
        return false;
      }
      if (typeof reply === "object") return false;
      socket.write(`${reply}\r\n`);
      if (reply.startsWith("421")) {
        closed = true;
        socket.end();
      }
      return /^[23]/.test(reply);
    };
    say(script.onConnection?.(connections) ?? "220 scripted ESMTP");
    const onCommand = (line: string): void => {
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === "EHLO")
        say(script.pipelining === false ? "250 scripted" : "250-scripted\r\n250 PIPELINING");
      else if (verb === "MAIL") say(script.onSender?.() ?? "250 ok");
      else if (verb === "RCPT") {
        address = (/<(.*)>/.exec(line)?.[1] ?? "").toLowerCase();
        recipientTaken = say(script.onRecipient?.(address) ?? "250 ok");
      } else if (verb === "DATA") {
        if (!recipientTaken) say("554 no valid recipients");
        else inMessage = say("354 go on");
      } else if (verb === "QUIT") {
        socket.end("221 bye\r\n");
        closed = true;
      } else say(verb === "RSET" ? "250 ok" : "502 not implemented");
    };
    socket.on("data", (chunk) => {
      buffered += chunk.toString("latin1");
      while (!closed) {
        const end = inMessage ? buffered.indexOf("\r\n.\r\n") : buffered.indexOf("\r\n");
        if (end < 0) return;
        const text = buffered.slice(0, end);
        buffered = buffered.slice(end + (inMessage ? 5 : 2));
        if (!inMessage) {
          onCommand(text);
          continue;
        }
        inMessage = false;
        const message = text.replace(/^\./gm, "");
        const reply = script.onMessage?.(address, message) ?? "250 ok";
        // Whatever is said afterwards: the message is here.
        if (typeof reply !== "string" || reply.startsWith("2")) {
          arrived.push({ address, message });
        }
        say(reply);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new TypeError("no port");
  return {
    port: bound.port,
    get connections() {
      return connections;
    },
    arrived,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
