/** A whole message, ready for the wire. */
export type OutgoingMessage = {
  /** Envelope addresses, ASCII. */
  readonly from: string;
  readonly to: string;
  /** Further addresses of the same person, in the same envelope: taken for one of them, the message is handed over. */
  readonly alsoTo?: readonly string[];
  /** Headers and body in ASCII with CRLF line ends, before dot-stuffing. */
  readonly bytes: Uint8Array;
  /** Digest of the statements that it makes: tells later who got which sentence. */
  readonly statements?: string;
  /** A sign that comes back with bounces and reports (`returnToken`); the ledger's sender sets it. */
  readonly token?: string;
};

/**
 * What became of one attempt. Only `reply_lost` leaves open whether the server has the message: its body was begun and
 * no reply to it came. After every other outcome but `delivered` the server has certainly not taken it.
 *
 * - `delivered`: the server took it (2xx to the body): handed over.
 * - `refused`: 5xx. `deferred`: 4xx; `retryAfterMs` when the server asked for a pause. `status`: RFC 3463.
 * - `oversized`: larger than the server said it takes; nothing was sent.
 * - `gone`: the subscription or endpoint no longer exists.
 * - `disconnected`: the connection was lost, or the server dallied too long, in the middle of this message's envelope.
 * - `unavailable`: no connection could be made (or no login): nothing of this message was sent, and it is not to blame.
 */
export type HandOver =
  | { readonly kind: "delivered"; readonly replyCode: number }
  | { readonly kind: "refused"; readonly replyCode: number; readonly status: string | null }
  | {
      readonly kind: "deferred";
      readonly replyCode: number;
      readonly status: string | null;
      readonly retryAfterMs?: number;
    }
  | { readonly kind: "oversized" }
  | { readonly kind: "gone"; readonly replyCode: number }
  | { readonly kind: "disconnected" }
  | { readonly kind: "reply_lost" }
  | { readonly kind: "unavailable"; readonly reason: string };

/**
 * The way to a server or provider. Durability: none; the ledger has it. Order: none. Concurrency: at most `lanes` calls of
 * `send` run at once, more wait. Retries: none, the caller decides. `send` throws only for a mistake of the program.
 */
export type Transport<Message> = {
  readonly lanes: number;
  send(message: Message): Promise<HandOver>;
  /** Ends the connections, after what is under way. */
  close(): Promise<void>;
};

export type MessageTransport = Transport<OutgoingMessage>;
