import { Readable } from "node:stream";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { NoticeError } from "../errors.ts";
import type { HandOver, OutgoingMessage } from "./message-transport.ts";
import { smtpServerName, type SmtpServer } from "./smtp-url.ts";

export type LaneOptions = {
  readonly server: SmtpServer;
  readonly connectTimeoutMs: number;
  /** How long the server may be silent. */
  readonly replyTimeoutMs: number;
  /** How long one message may take in all, however busily the server dallies. */
  readonly messageTimeoutMs: number;
  readonly messagesPerConnectionMax: number;
};

const quitWithinMs = 1000;

type SendError = Parameters<Parameters<SMTPConnection["send"]>[2]>[0] & Error;
type SendResult =
  | { readonly error: SendError; readonly reply: null }
  | { readonly error: null; readonly reply: string }
  | typeof tooSlow;
const tooSlow = { error: null, reply: null } as const;

/** One connection to the server and its next message. INVARIANT: one message at a time. */
export class SmtpLane {
  readonly #options: LaneOptions;
  #connection: SMTPConnection | null = null;
  #messages = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  async send(message: OutgoingMessage): Promise<HandOver> {
    const fresh = this.#connection === null;
    const handOver = await this.#attempt(message);
    // A server may close an idle connection at any time. Nothing of this message was sent: a fresh one tries again.
    return handOver.kind === "disconnected" && !fresh ? this.#attempt(message) : handOver;
  }

  /** True while a connection stands. */
  get connected(): boolean {
    return this.#connection !== null;
  }

  /** Takes leave of the server, and of its answer after `quitWithinMs`. */
  async close(): Promise<void> {
    const connection = this.#connection;
    if (connection === null) return;
    this.#connection = null;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, quitWithinMs);
      connection.once("end", () => {
        clearTimeout(timer);
        resolve();
      });
      connection.quit();
    });
    connection.close();
  }

  async #attempt(message: OutgoingMessage): Promise<HandOver> {
    const connection = await this.#connected();
    if (connection instanceof Error) return { kind: "unavailable", reason: connection.message };
    const body = new MessageBody(message.bytes);
    const to = [message.to, ...(message.alsoTo ?? [])];
    const envelope = { from: message.from, to, size: message.bytes.byteLength };
    const { error, reply } = await new Promise<SendResult>((resolve) => {
      // A tarpit that says something now and then never falls silent.
      const timer = setTimeout(() => resolve(tooSlow), this.#options.messageTimeoutMs);
      connection.send(envelope, body, (failure, info) => {
        clearTimeout(timer);
        resolve(failure === null ? { error: null, reply: info.response } : { error: failure, reply: null });
      });
    });
    this.#messages++;
    if (error === null && reply === null) {
      this.#abandon(connection);
      return body.begun ? { kind: "reply_lost" } : { kind: "disconnected" };
    }
    if (error === null) {
      if (this.#messages >= this.#options.messagesPerConnectionMax) await this.close();
      return { kind: "delivered", replyCode: Number(reply.slice(0, 3)) };
    }
    const handOver = this.#judge(error, body.begun);
    if (!body.begun) await this.#startOver(connection);
    return handOver;
  }

  /** Which replies and losses mean what. Only a whole reply to the body tells its fate once the body was begun. */
  #judge(error: SendError, bodyBegun: boolean): HandOver {
    const { code, command, responseCode } = error;
    if (bodyBegun) {
      if (code === "EMESSAGE" && command === "DATA" && responseCode !== undefined)
        return byReply(responseCode, error.response);
      return { kind: "reply_lost" };
    }
    if (code === "EMESSAGE") return { kind: "oversized" };
    if (code === "EENVELOPE" && command === "API") {
      throw new NoticeError("ERR_NOTICE_ADDRESS", "an address in the envelope is not fit for SMTP", {
        cause: error,
      });
    }
    // A line that was cut off by the end of the connection is no reply.
    if (responseCode === undefined || (code === "ECONNECTION" && responseCode !== 421)) {
      return { kind: "disconnected" };
    }
    // RFC 5321 4.2.3: 552 speaks of the message, every other refusal of MAIL of the sender, who is the same for everybody.
    if (command === "MAIL FROM" && responseCode !== 552 && responseCode !== 421) {
      return {
        kind: "unavailable",
        reason: `\`${smtpServerName(this.#options.server)}\` refuses the sender (${responseCode})`,
      };
    }
    return byReply(responseCode, error.response);
  }

  /** The connection, opened and logged in when there is none; the reason when that fails. */
  async #connected(): Promise<SMTPConnection | Error> {
    if (this.#connection !== null) return this.#connection;
    const { server, connectTimeoutMs, replyTimeoutMs } = this.#options;
    const connection = new SMTPConnection({
      host: server.host,
      port: server.port,
      secure: server.tls === "from-start",
      requireTLS: server.tls === "required",
      ignoreTLS: server.tls === "never",
      connectionTimeout: connectTimeoutMs,
      greetingTimeout: connectTimeoutMs,
      socketTimeout: replyTimeoutMs,
    });
    const failure = await new Promise<Error | null>((resolve) => {
      connection.on("error", resolve);
      connection.once("end", () => {
        if (this.#connection === connection) this.#connection = null;
        resolve(new Error("the server closed the connection"));
      });
      connection.connect((error) => {
        if (error !== undefined) resolve(error);
        else if (server.login === null) resolve(null);
        else {
          const { user, password: pass } = server.login;
          connection.login({ user, pass, credentials: { user, pass } }, (loginError) => resolve(loginError));
        }
      });
    });
    if (failure !== null) {
      connection.close();
      return new Error(`cannot reach \`${smtpServerName(server)}\`: ${failure.message}`);
    }
    this.#connection = connection;
    this.#messages = 0;
    return connection;
  }

  /** Ends the transaction that an envelope error left open (RFC 5321 4.1.1.5), or else the connection. */
  async #startOver(connection: SMTPConnection): Promise<void> {
    if (this.#connection !== connection) return;
    const clean = await new Promise<boolean>((resolve) => {
      const ended = () => resolve(false);
      connection.once("end", ended);
      connection.reset((error) => {
        connection.off("end", ended);
        resolve(error === null);
      });
    });
    if (!clean) this.#abandon(connection);
  }

  #abandon(connection: SMTPConnection): void {
    if (this.#connection === connection) this.#connection = null;
    connection.close();
  }
}

/** RFC 3463: class, subject and detail behind the reply code. The class must be the reply's own. */
const enhancedStatus = /^[245]\d\d[ -]([245]\.\d{1,3}\.\d{1,3})(?:\s|$)/;

function byReply(replyCode: number, reply: string | undefined): HandOver {
  const [, found = null] = enhancedStatus.exec(reply ?? "") ?? [];
  const status = found !== null && found.startsWith(String(replyCode).slice(0, 1)) ? found : null;
  return { kind: replyCode >= 500 ? "refused" : "deferred", replyCode, status };
}

/** The message's bytes, and whether any of them may have left: nodemailer reads them only once the server said 354. */
class MessageBody extends Readable {
  readonly #bytes: Uint8Array;
  begun = false;

  constructor(bytes: Uint8Array) {
    super({ autoDestroy: true });
    this.#bytes = bytes;
  }

  override _read(): void {
    this.begun = true;
    this.push(this.#bytes);
    this.push(null);
  }
}
