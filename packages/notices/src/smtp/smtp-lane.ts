import SMTPConnection from "nodemailer/lib/smtp-connection";
import { NoticeError } from "../errors.ts";
import type { HandOver, OutgoingMessage } from "./message-transport.ts";
import { smtpServerName, type SmtpServer } from "./smtp-url.ts";
import { extensionsOf, SmtpWire, type SmtpReply, type Transaction } from "./smtp-wire.ts";

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
/** What may stand between the angle brackets of a path: nothing that ends it. */
const pathFit = /^[\x21-\x3b\x3d\x3f-\x7e]+$/;

/** nodemailer makes the connection and watches over it; the mail transactions on it are the wire's. */
type Line = { readonly connection: SMTPConnection; readonly wire: SmtpWire };

/** One connection to the server and its next message. INVARIANT: one message at a time. */
export class SmtpLane {
  readonly #options: LaneOptions;
  #line: Line | null = null;
  #messages = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  async send(message: OutgoingMessage): Promise<HandOver> {
    const fresh = this.#line === null;
    const handOver = await this.#attempt(message);
    // A server may close an idle connection at any time. Nothing of this message was sent: a fresh one tries again.
    return handOver.kind === "disconnected" && !fresh ? this.#attempt(message) : handOver;
  }

  /** True while a connection stands. */
  get connected(): boolean {
    return this.#line !== null;
  }

  /** Takes leave of the server, and of its answer after `quitWithinMs`. */
  async close(): Promise<void> {
    if (this.#line === null) return;
    const { connection } = this.#line;
    this.#line = null;
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
    const to = [message.to, ...(message.alsoTo ?? [])];
    if (![message.from, ...to].every((address) => pathFit.test(address)))
      throw new NoticeError("ERR_NOTICE_ADDRESS", "an address in the envelope is not fit for SMTP");
    const line = this.#line ?? (await this.#connect());
    if (line instanceof Error) return { kind: "unavailable", reason: line.message };
    const { wire } = line;
    // A tarpit that says something now and then never falls silent.
    const timer = setTimeout(() => wire.end(), this.#options.messageTimeoutMs);
    const transaction = await wire.transact({ from: message.from, to }, message.bytes);
    clearTimeout(timer);
    this.#messages++;
    switch (transaction.kind) {
      case "lost":
        this.#abandon(line);
        return transaction.begun ? { kind: "reply_lost" } : { kind: "disconnected" };
      case "oversized":
        return { kind: "oversized" };
      case "replied": {
        const { to: asked, reply } = transaction;
        // RFC 5321 4.2: with 421 the server closes the connection, whatever it answers.
        if (reply.code === 421) this.#abandon(line);
        else if (asked !== "message") await this.#startOver(line);
        else if (this.#messages >= this.#options.messagesPerConnectionMax) await this.close();
        return this.#judge(transaction);
      }
    }
  }

  /** Which replies mean what. Only a whole reply to the message tells its fate once it was begun. */
  #judge({ to, reply }: Extract<Transaction, { readonly kind: "replied" }>): HandOver {
    const { code } = reply;
    if (to === "message" && code < 400) return { kind: "delivered", replyCode: code };
    // RFC 5321 4.2.3: 552 speaks of the message, every other refusal of MAIL of the sender, who is the same for everybody.
    if (to === "sender" && code !== 552 && code !== 421) {
      return {
        kind: "unavailable",
        reason: `\`${smtpServerName(this.#options.server)}\` refuses the sender (${code})`,
      };
    }
    return byReply(reply);
  }

  /** A connection, opened, secured and logged in by nodemailer; the reason when that fails. */
  async #connect(): Promise<Line | Error> {
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
    let line: Line | null = null;
    let offered = "";
    const failure = await new Promise<Error | null>((resolve) => {
      connection.on("error", resolve);
      connection.once("end", () => {
        if (line !== null) {
          line.wire.end();
          if (this.#line === line) this.#line = null;
        }
        resolve(new Error("the server closed the connection"));
      });
      connection.connect((error) => {
        // The last thing that it said before a login is what it can do.
        offered = connection.lastServerResponse === false ? "" : connection.lastServerResponse;
        if (error !== undefined) resolve(error);
        else if (server.login === null) resolve(null);
        else {
          const { user, password: pass } = server.login;
          connection.login({ user, pass, credentials: { user, pass } }, (loginError) => resolve(loginError));
        }
      });
    });
    const socket = connection._socket;
    if (failure !== null || connection.destroyed || socket === null || socket === false) {
      connection.close();
      const why = failure?.message ?? "the server closed the connection";
      return new Error(`cannot reach \`${smtpServerName(server)}\`: ${why}`);
    }
    line = { connection, wire: new SmtpWire(socket, extensionsOf(offered)) };
    this.#line = line;
    this.#messages = 0;
    return line;
  }

  /** Ends the transaction that a refusal left open, or else the connection. */
  async #startOver(line: Line): Promise<void> {
    if (this.#line === line && !(await line.wire.reset())) this.#abandon(line);
  }

  #abandon(line: Line): void {
    if (this.#line === line) this.#line = null;
    line.connection.close();
  }
}

/** RFC 3463: class, subject and detail behind the reply code. The class must be the reply's own. */
const enhancedStatus = /^[245]\d\d[ -]([245]\.\d{1,3}\.\d{1,3})(?:\s|$)/;

function byReply({ code, line }: SmtpReply): HandOver {
  const [, found = null] = enhancedStatus.exec(line) ?? [];
  const status = found !== null && found.startsWith(String(code).slice(0, 1)) ? found : null;
  return { kind: code >= 500 ? "refused" : "deferred", replyCode: code, status };
}
