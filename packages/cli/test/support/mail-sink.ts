import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/** A mail server that takes everything and remembers for whom, in order. */
export class MailSink {
  readonly url: string;
  readonly recipients: string[] = [];
  readonly #close: () => Promise<void>;
  #reached: { readonly count: number; readonly resolve: () => void } | null = null;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  static async start(): Promise<MailSink> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      // The other end is killed in the middle of things.
      socket.on("error", () => undefined);
      sink.#serve(socket).catch(() => socket.destroy());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const sink = new MailSink(`smtp://127.0.0.1:${address.port}?tls=never`, async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    });
    return sink;
  }

  /** Resolves once so many messages have been taken. */
  reach(count: number): Promise<void> {
    return new Promise((resolve) => (this.#reached = { count, resolve }));
  }

  close(): Promise<void> {
    return this.#close();
  }

  async #serve(socket: Socket): Promise<void> {
    socket.write("220 sink ESMTP\r\n");
    let to = "";
    let inMessage = false;
    let rest = "";
    for await (const chunk of socket) {
      const lines = (rest + String(chunk)).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (inMessage) {
          if (line !== ".") continue;
          inMessage = false;
          this.#take(to);
          socket.write("250 taken\r\n");
          continue;
        }
        const verb = line.slice(0, 4).toUpperCase();
        if (verb === "RCPT") to = /<([^>]*)>/.exec(line)?.[1] ?? "";
        inMessage = verb === "DATA";
        socket.write(
          verb === "EHLO"
            ? "250-sink\r\n250 PIPELINING\r\n"
            : inMessage
              ? "354 go on\r\n"
              : verb === "QUIT"
                ? "221 bye\r\n"
                : "250 ok\r\n",
        );
      }
    }
  }

  #take(to: string): void {
    this.recipients.push(to);
    if (this.#reached !== null && this.recipients.length >= this.#reached.count) this.#reached.resolve();
  }
}
