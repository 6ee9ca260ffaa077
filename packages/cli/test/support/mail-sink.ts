import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/** A mail server that takes everything and remembers for whom, in order. */
export class MailSink {
  readonly url: string;
  readonly recipients: string[] = [];
  readonly #close: () => Promise<void>;
  #pause: { readonly after: number; readonly reached: () => void; readonly over: Promise<void> } | null =
    null;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  static async start(): Promise<MailSink> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      // Replies to pipelined commands are small writes: Nagle would hold each back for 40 ms.
      socket.setNoDelay(true);
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

  /**
   * From so many messages on, each is taken without a reply until `goOn`: its sender can't know its fate. `reached`
   * resolves when that begins.
   */
  pauseAfter(after: number): { readonly reached: Promise<void>; readonly goOn: () => void } {
    let goOn = (): void => undefined;
    const over = new Promise<void>((resolve) => (goOn = resolve));
    const reached = new Promise<void>((resolve) => (this.#pause = { after, reached: resolve, over }));
    return { reached, goOn };
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
          await this.#take(to);
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

  async #take(to: string): Promise<void> {
    this.recipients.push(to);
    if (this.#pause === null || this.recipients.length < this.#pause.after) return;
    this.#pause.reached();
    await this.#pause.over;
  }
}
