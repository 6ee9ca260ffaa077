import type { Client } from "./client.ts";
import type { GateRequest, Installation } from "./request.ts";
import { secondOf } from "./time-second.ts";

/** What `parseRequest` reads besides the client. */
type OwnParts = Required<Omit<GateRequest, "store" | "platform" | "version" | "installation">>;

/**
 * A request as `parseRequest` reads it: with its client looked up, and with the seconds of its times, so that no decision
 * has to. INVARIANT: frozen, so that these hold as long as the request; a copy has none, and is decided by its parts.
 */
export class ReadRequest implements GateRequest {
  // What each decision reads stands first and side by side. The values make each field of one kind from the start.
  readonly #slot: number = -1;
  readonly #client: Client | null = null;
  readonly #signInSecond: number = 0;
  readonly keyId: string | null = null;
  readonly offlineEpoch: number = 0;
  readonly ordinal: number | null = null;
  readonly account: string | null = null;
  readonly #passwordSecond: number = 0;
  readonly authTimeMs: number | null = null;
  readonly passwordSetAtMs: number | null = null;
  readonly apiKeyCreatedAtMs: number | null = null;
  readonly store: string;
  readonly platform: string | null;
  readonly version: string | null;
  readonly installation: Installation | null;

  constructor(own: OwnParts, client: Client) {
    this.#slot = client.slot;
    this.#client = client;
    this.#signInSecond = secondOf(own.apiKeyCreatedAtMs ?? own.authTimeMs);
    this.keyId = own.keyId;
    this.offlineEpoch = own.offlineEpoch;
    this.ordinal = own.ordinal;
    this.account = own.account;
    this.#passwordSecond = secondOf(own.passwordSetAtMs);
    this.authTimeMs = own.authTimeMs;
    this.passwordSetAtMs = own.passwordSetAtMs;
    this.apiKeyCreatedAtMs = own.apiKeyCreatedAtMs;
    this.store = client.store;
    this.platform = client.platform;
    this.version = client.version;
    this.installation = client.installation;
    Object.freeze(this);
  }

  /** Null: the request must be looked up by its parts. */
  static clientOf(request: GateRequest): Client | null {
    return #client in request ? request.#client : null;
  }

  /** The client's slot, beside it so that the client itself need not be read; −1: as null there. */
  static slotOf(request: GateRequest): number {
    return #slot in request ? request.#slot : -1;
  }

  /** Of the time that `reauthenticate` asks about. */
  static signInSecondOf(request: GateRequest): number {
    if (#signInSecond in request) return request.#signInSecond;
    return secondOf(request.apiKeyCreatedAtMs ?? request.authTimeMs);
  }

  static passwordSecondOf(request: GateRequest): number {
    return #passwordSecond in request ? request.#passwordSecond : secondOf(request.passwordSetAtMs);
  }
}
