import type { Client } from "./client.ts";
import { keyBitOf } from "./key-bit.ts";
import type { GateRequest, Installation } from "./request.ts";
import { firstSecond, secondOf } from "./time-second.ts";

/** What `parseRequest` reads besides the client. */
type OwnParts = Required<Omit<GateRequest, "store" | "platform" | "version" | "installation">>;

/**
 * A request as `parseRequest` reads it: with its client looked up, and with the seconds of its times and the bit of its
 * key, so that no decision has to. INVARIANT: frozen, so that these hold as long as the request; a copy has none of them,
 * and is decided by its parts.
 */
export class ReadRequest implements GateRequest {
  // What each decision reads stands first and side by side. The values make each field of one kind from the start.
  readonly #slot: number = -1;
  readonly #client: Client | null = null;
  readonly #signInSecond: number = 0;
  readonly #keyBit: number = 0;
  readonly offlineEpoch: number = 0;
  readonly ordinal: number | null = null;
  readonly account: string | null = null;
  readonly #passwordSecond: number = 0;
  readonly keyId: string | null = null;
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
    this.#signInSecond = signInSecond(own);
    this.#keyBit = keyBitOf(own.keyId);
    this.offlineEpoch = own.offlineEpoch;
    this.ordinal = own.ordinal;
    this.account = own.account;
    this.#passwordSecond = passwordSecond(own);
    this.keyId = own.keyId;
    this.authTimeMs = own.authTimeMs;
    this.passwordSetAtMs = own.passwordSetAtMs;
    this.apiKeyCreatedAtMs = own.apiKeyCreatedAtMs;
    this.store = client.store;
    this.platform = client.platform;
    this.version = client.version;
    this.installation = client.installation;
    Object.freeze(this);
  }

  /** The request as it was read; null for any other, a copy included. To be asked once a decision. */
  static of(request: GateRequest): ReadRequest | null {
    // The prototypes first: that a private field is not there takes longer to find.
    return request instanceof ReadRequest && #slot in request ? request : null;
  }

  get client(): Client | null {
    return this.#client;
  }

  /** The client's slot, beside it so that the client itself need not be read. */
  get slot(): number {
    return this.#slot;
  }

  /** `signInSecond` of it. */
  get signInSecond(): number {
    return this.#signInSecond;
  }

  /** `passwordSecond` of it. */
  get passwordSecond(): number {
    return this.#passwordSecond;
  }

  /** `keyBitOf` its key. */
  get keyBit(): number {
    return this.#keyBit;
  }
}

// Null is asked for before a number is handed on: what may be either is boxed, which is an object a call.

/** The second of the time that `reauthenticate` asks about. */
export function signInSecond({
  apiKeyCreatedAtMs = null,
  authTimeMs,
}: Pick<GateRequest, "apiKeyCreatedAtMs" | "authTimeMs">): number {
  if (apiKeyCreatedAtMs !== null) return secondOf(apiKeyCreatedAtMs);
  return authTimeMs === null ? firstSecond : secondOf(authTimeMs);
}

/** The second of the time that `change_password` asks about. */
export function passwordSecond({ passwordSetAtMs }: Pick<GateRequest, "passwordSetAtMs">): number {
  return passwordSetAtMs === null ? firstSecond : secondOf(passwordSetAtMs);
}
