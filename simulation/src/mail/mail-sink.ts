import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { MailRecord } from "./mail-record.ts";

/** Larger mails are refused; a notice has a few tens of kilobytes. */
const messageBytesMax = 1_000_000;

/** A real SMTP server that keeps what the drill must know of each mail and forgets the rest. */
export class MailSink {
  readonly #accounts: number;
  #record: MailRecord;
  readonly #server: SMTPServer;

  constructor(accounts: number) {
    this.#accounts = accounts;
    this.#record = new MailRecord(accounts);
    this.#server = new SMTPServer({
      name: "mail-sink.example",
      banner: "drill",
      authOptional: true,
      disabledCommands: ["AUTH", "STARTTLS"],
      disableReverseLookup: true,
      size: messageBytesMax,
      logger: false,
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        // A connection that breaks before the final dot was no mail: nothing was promised to the sender.
        stream.on("error", (error: Error) => {
          done(error);
        });
        stream.on("end", () => {
          if (stream.sizeExceeded) {
            done(new Error("message too large"));
            return;
          }
          this.#record.take(
            session.envelope.rcptTo.map((recipient) => recipient.address),
            Buffer.concat(chunks),
          );
          done();
        });
      },
    });
    // Replies to pipelined commands are small writes: with Nagle's algorithm each would wait for the sender's delayed
    // acknowledgement, and the sink would be the drill's brake.
    this.#server.server.on("connection", (socket) => socket.setNoDelay(true));
    // A sender that is killed resets its connections.
    this.#server.on("error", () => undefined);
  }

  get record(): MailRecord {
    return this.#record;
  }

  /** Forgets all mails. */
  reset(): void {
    this.#record = new MailRecord(this.#accounts);
  }

  /** Listens on a free port of 127.0.0.1 and returns it. */
  async listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.server.once("error", reject);
      this.#server.listen(0, "127.0.0.1", () => {
        const address = this.#server.server.address() as AddressInfo;
        resolve(address.port);
      });
    });
  }

  async close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}
