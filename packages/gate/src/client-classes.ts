import { classify, type ClientClass, type RankedRules } from "./client-class.ts";
import { clientOf, type Client } from "./client.ts";
import type { ReadRequest } from "./read-request.ts";
import type { GateRequest } from "./request.ts";
import type { VersionCache } from "./version-cache.ts";

/** Then they are gathered anew. */
const distinctMax = 4096;

/** The classes of clients under one policy; each known client is classified once. */
export class ClientClasses {
  readonly #rules: RankedRules;
  readonly #versions: VersionCache;
  /** By slot. INVARIANT: a slot may pass to another client, so its class counts only for the client beside it. */
  readonly #clients: (Client | null)[] = [];
  readonly #classes: (ClientClass | null)[] = [];
  /** Few: nearly all clients are asked the same as many others. So these stay in the processor's cache. */
  readonly #distinct = new Map<string, ClientClass>();

  constructor(rules: RankedRules, versions: VersionCache) {
    this.#rules = rules;
    this.#versions = versions;
  }

  /** `read`: `ReadRequest.of` the request. */
  of(request: GateRequest, read: ReadRequest | null): ClientClass {
    const known = read === null ? null : this.#known(read.slot, read.client);
    return known ?? this.#lookUp(request, read);
  }

  #known(slot: number, client: Client | null): ClientClass | null {
    if (slot < 0 || slot >= this.#clients.length || this.#clients[slot] !== client) return null;
    return this.#classes[slot] ?? null;
  }

  #lookUp(request: GateRequest, read: ReadRequest | null): ClientClass {
    const client = read?.client ?? clientOf(request);
    return this.#known(client.slot, client) ?? this.#classify(client, request);
  }

  #classify(client: Client, request: GateRequest): ClientClass {
    const made = classify(this.#rules, request, this.#versions);
    const { slot } = client;
    if (slot < 0) return made.asked;
    if (this.#distinct.size >= distinctMax) this.#distinct.clear();
    const asked = this.#distinct.get(made.signature) ?? made.asked;
    this.#distinct.set(made.signature, asked);
    // Without holes: an array with holes is slower to read.
    while (this.#clients.length <= slot) {
      this.#clients.push(null);
      this.#classes.push(null);
    }
    this.#clients[slot] = client;
    this.#classes[slot] = asked;
    return asked;
  }
}
