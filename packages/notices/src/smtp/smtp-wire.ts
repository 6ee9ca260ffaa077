import type { Socket } from "node:net";

/** A whole reply of the server (RFC 5321 4.2): its code, and its last line. */
export type SmtpReply = { readonly code: number; readonly line: string };

/**
 * What became of one mail transaction. `lost`: the connection is of no more use; `begun` tells whether any byte of the message may have
 * reached the server. `oversized`: nothing was sent.
 */
export type Transaction =
  | {
      readonly kind: "replied";
      readonly to: "sender" | "recipient" | "data" | "message";
      readonly reply: SmtpReply;
    }
  | { readonly kind: "lost"; readonly begun: boolean }
  | { readonly kind: "oversized" };

type Envelope = { readonly from: string; readonly to: readonly string[] };

/** What the server said it can do in its reply to EHLO. */
type SmtpExtensions = {
  readonly pipelining: boolean;
  /** RFC 1870: null when the server takes no SIZE, 0 when it names no limit. */
  readonly sizeMax: number | null;
};

/** A server that says more than so many characters in one line speaks no SMTP. */
const replyLineMax = 65_536;
const replyLine = /^([2-5]\d\d)(?:([ -]).*)?$/;
const lf = 0x0a;
const cr = 0x0d;
const dot = 0x2e;
const endOfMessage = ".\r\n";

/** Reads the reply to EHLO, its lines divided by LF or CRLF. To HELO a server offers nothing. */
export function extensionsOf(reply: string): SmtpExtensions {
  const [, ...offered] = reply.split(/\r?\n/).map((line) => line.slice(4).trim().toUpperCase());
  const size = offered.find((line) => /^SIZE(?: |$)/.test(line));
  return {
    pipelining: offered.includes("PIPELINING"),
    sizeMax: size === undefined ? null : Number(/^SIZE (\d+)$/.exec(size)?.[1] ?? 0),
  };
}

/**
 * Mail transactions on a connection that stands, is secured and logged in. INVARIANT: one transaction at a time; after `lost`
 * none. Whoever made the connection tells it by `end` that the connection is gone.
 */
export class SmtpWire {
  readonly #socket: Socket;
  readonly #extensions: SmtpExtensions;
  readonly #replies: SmtpReply[] = [];
  #rest = "";
  #isOver = false;
  #wake: () => void = () => undefined;
  #begun = false;

  /** Takes what comes in over the socket for itself. */
  constructor(socket: Socket, extensions: SmtpExtensions) {
    this.#socket = socket;
    this.#extensions = extensions;
    socket.removeAllListeners("data");
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
  }

  /** The connection is gone, or is to be waited for no longer. */
  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  async transact(envelope: Envelope, message: Uint8Array): Promise<Transaction> {
    this.#begun = false;
    const { sizeMax } = this.#extensions;
    if (sizeMax !== null && sizeMax > 0 && message.byteLength > sizeMax) return { kind: "oversized" };
    // Whatever a server said unasked (421 for an idle connection), the next reply would be taken for another one.
    if (this.#isOver || this.#replies.length > 0 || this.#rest !== "") return this.#lost();
    return this.#extensions.pipelining
      ? this.#pipelined(envelope, message)
      : this.#byTurns(envelope, message);
  }

  /** Ends a transaction that a refusal left open (RFC 5321 4.1.1.5); false when that did not succeed. */
  async reset(): Promise<boolean> {
    const reply = await this.#ask("RSET\r\n");
    return reply?.code === 250;
  }

  /** RFC 2920: the envelope in one write. The server's replies come in the order of the commands. */
  async #pipelined(envelope: Envelope, message: Uint8Array): Promise<Transaction> {
    this.#write(`${this.#mailFrom(envelope, message)}${envelope.to.map(rcptTo).join("")}DATA\r\n`);
    const sender = await this.#reply();
    if (sender === null) return this.#lost();
    const isSenderTaken = isPositive(sender);
    let refused: Transaction | null = isSenderTaken ? null : { kind: "replied", to: "sender", reply: sender };
    if (sender.code === 421) return refused ?? this.#lost();
    const replies: SmtpReply[] = [];
    for (const { length } = envelope.to; replies.length < length;) {
      const reply = await this.#reply();
      if (reply === null) return refused ?? this.#lost();
      if (reply.code === 421) return refused ?? { kind: "replied", to: "recipient", reply };
      replies.push(reply);
    }
    refused ??= refusedByAll(replies);
    const data = await this.#reply();
    if (data === null) return refused ?? this.#lost();
    if (data.code !== 354) return refused ?? { kind: "replied", to: "data", reply: data };
    if (refused === null) return this.#send(message);
    // It would take a message for nobody: the connection ends before there is one.
    this.end();
    return refused;
  }

  async #byTurns(envelope: Envelope, message: Uint8Array): Promise<Transaction> {
    const sender = await this.#ask(this.#mailFrom(envelope, message));
    if (sender === null) return this.#lost();
    if (!isPositive(sender)) return { kind: "replied", to: "sender", reply: sender };
    const replies: SmtpReply[] = [];
    for (const recipient of envelope.to) {
      const reply = await this.#ask(rcptTo(recipient));
      if (reply === null) return this.#lost();
      if (reply.code === 421) return { kind: "replied", to: "recipient", reply };
      replies.push(reply);
    }
    const refused = refusedByAll(replies);
    if (refused !== null) return refused;
    const data = await this.#ask("DATA\r\n");
    if (data === null) return this.#lost();
    return data.code === 354 ? this.#send(message) : { kind: "replied", to: "data", reply: data };
  }

  async #send(message: Uint8Array): Promise<Transaction> {
    if (this.#isOver) return this.#lost();
    this.#begun = true;
    const socket = this.#socket;
    socket.cork();
    socket.write(stuffed(message));
    socket.write(endOfMessage, "latin1");
    socket.uncork();
    const reply = await this.#reply();
    return reply === null || (reply.code < 400 && !isPositive(reply))
      ? this.#lost()
      : { kind: "replied", to: "message", reply };
  }

  #mailFrom({ from }: Envelope, { byteLength }: Uint8Array): string {
    return `MAIL FROM:<${from}>${this.#extensions.sizeMax === null ? "" : ` SIZE=${byteLength}`}\r\n`;
  }

  #lost(): Transaction {
    this.#isOver = true;
    return { kind: "lost", begun: this.#begun };
  }

  #ask(command: string): Promise<SmtpReply | null> {
    this.#write(command);
    return this.#reply();
  }

  #write(commands: string): void {
    if (!this.#isOver) this.#socket.write(commands, "latin1");
  }

  /** The next whole reply; null when none comes any more. */
  async #reply(): Promise<SmtpReply | null> {
    while (this.#replies.length === 0) {
      if (this.#isOver) return null;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#replies.shift() ?? null;
  }

  /** INVARIANT: a line that was cut off is no reply. */
  #read(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString("latin1")).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const each of lines) {
      const line = each.endsWith("\r") ? each.slice(0, -1) : each;
      const [, code, mark] = replyLine.exec(line) ?? [];
      if (code === undefined) {
        this.end();
        return;
      }
      if (mark !== "-") this.#replies.push({ code: Number(code), line });
    }
    if (this.#rest.length > replyLineMax) this.end();
    else if (this.#replies.length > 0) this.#wake();
  }
}

function rcptTo(address: string): string {
  return `RCPT TO:<${address}>\r\n`;
}

function isPositive({ code }: SmtpReply): boolean {
  return code >= 200 && code < 300;
}

/** Null when the server takes one of the recipients. One who may be taken later outweighs one who will never be. */
function refusedByAll(replies: readonly SmtpReply[]): Transaction | null {
  if (replies.some(isPositive)) return null;
  const reply = replies.find(({ code }) => code < 500) ?? replies[0];
  return reply === undefined ? null : { kind: "replied", to: "recipient", reply };
}

/**
 * RFC 5321 4.5.2: a further dot before each one that begins a line, and the last line ended. A CR or LF that stands alone becomes a
 * line's end: what one server takes for text is the end of the message to another.
 */
export function stuffed(message: Uint8Array): Uint8Array {
  const { length } = message;
  let isReady = length > 0 && message[length - 1] === lf && message[0] !== dot;
  for (let at = 0; isReady && at < length; at++) {
    const byte = message[at];
    if (byte === lf) isReady = message[at - 1] === cr && message[at + 1] !== dot;
    else if (byte === cr) isReady = message[at + 1] === lf;
  }
  if (isReady) return message;
  const text = Buffer.from(message.buffer, message.byteOffset, length).toString("latin1");
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  return Buffer.from(lines.map((line) => `${line.startsWith(".") ? "." : ""}${line}\r\n`).join(""), "latin1");
}
