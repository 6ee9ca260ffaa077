import { once } from "node:events";
import { createServer, type Socket } from "node:net";

export interface ReceivedMail {
  readonly to: string;
  readonly subject: string;
  /** Head and body as they came, without the last dot. */
  readonly raw: string;
}

/** A mail server that takes everything and remembers the order. */
export class SmtpSink {
  readonly url: string;
  readonly mails: ReceivedMail[] = [];
  readonly #close: () => Promise<void>;
  /** While set, replies to messages wait for it. */
  hold: Promise<void> | null = null;
  /** `hold` is for messages after so many. */
  holdAfter = 0;
  /** Addresses whose message is taken and whose connection is then cut before the reply; each once. */
  readonly dropOnce = new Set<string>();
  /** Addresses whose connection was cut so. */
  readonly dropped: string[] = [];

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  static async start(): Promise<SmtpSink> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      // Replies to pipelined commands are small writes: Nagle would hold each back for 40 ms.
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => undefined);
      void serve(socket, sink).catch(() => socket.destroy());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const sink = new SmtpSink(`smtp://127.0.0.1:${address.port}?tls=never`, async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    });
    return sink;
  }

  close(): Promise<void> {
    return this.#close();
  }
}

async function serve(socket: Socket, sink: SmtpSink): Promise<void> {
  socket.write("220 sink ESMTP\r\n");
  let to = "";
  let body: string[] | null = null;
  for await (const line of lines(socket)) {
    if (body !== null) {
      if (line !== ".") {
        body.push(line);
        continue;
      }
      const subject = body.find((one) => one.startsWith("Subject: "))?.slice("Subject: ".length) ?? "";
      const raw = body.join("\r\n");
      body = null;
      if (sink.dropOnce.delete(to)) {
        sink.dropped.push(to);
        socket.destroy();
        return;
      }
      if (sink.hold !== null && sink.mails.length >= sink.holdAfter) await sink.hold;
      sink.mails.push({ to, subject, raw });
      socket.write("250 taken\r\n");
      continue;
    }
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === "EHLO") socket.write("250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n");
    else if (verb === "RCPT") {
      to = /<([^>]*)>/.exec(line)?.[1] ?? "";
      socket.write("250 ok\r\n");
    } else if (verb === "DATA") {
      body = [];
      socket.write("354 go on\r\n");
    } else if (verb === "QUIT") {
      socket.end("221 bye\r\n");
      return;
    } else socket.write("250 ok\r\n");
  }
}

async function* lines(socket: Socket): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of socket) {
    const parts = (rest + String(chunk)).split("\r\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
}
