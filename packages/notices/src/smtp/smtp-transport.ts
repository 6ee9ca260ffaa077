import { SmtpLane, type LaneOptions } from "./smtp-lane.ts";
import type { HandOver, MessageTransport, OutgoingMessage } from "./message-transport.ts";
import type { SmtpServer } from "./smtp-url.ts";

export type SmtpTransportOptions = {
  readonly server: SmtpServer;
  /** Connections that are kept open between messages. Default 4. */
  readonly connections?: number;
  /** Milliseconds until a connection must stand, greeting included. */
  readonly connectTimeoutMs?: number;
  /** How long the server may be silent, in milliseconds. */
  readonly replyTimeoutMs?: number;
  /** How long one message may take in all, in milliseconds. */
  readonly messageTimeoutMs?: number;
  readonly messagesPerConnectionMax?: number;
};

const connectionsDefault = 4;
const laneDefaults: Omit<LaneOptions, "server"> = {
  connectTimeoutMs: 30_000,
  // RFC 5321 4.5.3.2 asks for patience with the reply to a message: whoever gives up early does not know its fate.
  replyTimeoutMs: 300_000,
  // The replies to MAIL, RCPT, DATA and the message, each as late as RFC 5321 lets a server be.
  messageTimeoutMs: 1_200_000,
  messagesPerConnectionMax: 10_000,
};
/** How long a connection that the server turned down stays closed while others work. */
const benchMs = 10_000;

type Waiting = {
  readonly message: OutgoingMessage;
  readonly settle: (handOver: Promise<HandOver> | HandOver) => void;
};

/** A few connections to one SMTP server, kept open between messages. */
export function smtpTransport(options: SmtpTransportOptions): MessageTransport {
  const { connections = connectionsDefault, ...lane } = options;
  return new SmtpTransport(
    Array.from({ length: connections }, () => new SmtpLane({ ...laneDefaults, ...lane })),
  );
}

class SmtpTransport implements MessageTransport {
  readonly lanes: number;
  readonly #lanes: readonly SmtpLane[];
  readonly #idle: SmtpLane[];
  readonly #queue: Waiting[] = [];
  readonly #benched = new Map<SmtpLane, NodeJS.Timeout>();
  #closing: { readonly resolve: () => void } | null = null;

  constructor(lanes: readonly SmtpLane[]) {
    this.lanes = lanes.length;
    this.#lanes = lanes;
    this.#idle = [...lanes];
  }

  send(message: OutgoingMessage): Promise<HandOver> {
    if (this.#closing !== null)
      return Promise.resolve({ kind: "unavailable", reason: "the transport is closed" });
    return new Promise((settle) => {
      this.#queue.push({ message, settle });
      this.#assign();
    });
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#closing = { resolve };
      this.#finishClosing();
    });
    for (const timer of this.#benched.values()) clearTimeout(timer);
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  #finishClosing(): void {
    const busy = this.#lanes.length - this.#idle.length - this.#benched.size;
    if (this.#closing !== null && busy === 0 && this.#queue.length === 0) this.#closing.resolve();
  }

  #assign(): void {
    while (this.#queue.length > 0) {
      const lane = this.#idle.pop();
      if (lane === undefined) return;
      const waiting = this.#queue.shift();
      if (waiting === undefined) return;
      this.#run(lane, waiting);
    }
  }

  #run(lane: SmtpLane, waiting: Waiting): void {
    lane.send(waiting.message).then(
      (handOver) => {
        if (handOver.kind !== "unavailable" || lane.connected) {
          this.#idle.push(lane);
          waiting.settle(handOver);
        } else if (this.#lanes.some((other) => other.connected)) {
          // The server takes fewer connections than we have: the others do the work.
          this.#bench(lane);
          this.#queue.unshift(waiting);
        } else {
          this.#idle.push(lane);
          for (const each of [waiting, ...this.#queue.splice(0)]) each.settle(handOver);
        }
        this.#assign();
        this.#finishClosing();
      },
      (error: unknown) => {
        this.#idle.push(lane);
        waiting.settle(Promise.reject(error instanceof Error ? error : new TypeError(String(error))));
        this.#assign();
        this.#finishClosing();
      },
    );
  }

  #bench(lane: SmtpLane): void {
    const timer = setTimeout(() => {
      this.#benched.delete(lane);
      this.#idle.push(lane);
      this.#assign();
    }, benchMs);
    this.#benched.set(lane, timer);
  }
}
