import type { JsonObject } from "@cordon/model";
import { claimAt, type ClaimPath, type KnownClient } from "../token/claim-mapping.ts";
import type { TokenSample } from "./token-sample.ts";

/** What the gate wants to know of a request and a token may say. */
export const claimParts = [
  "account",
  "client",
  "authTime",
  "passwordSetAt",
  "ordinal",
  "platform",
  "store",
  "version",
] as const;
export type ClaimPart = (typeof claimParts)[number];

/** Where each part stands; null: the gate reads none; not there: the usual names are tried. */
export type ClaimNames = Readonly<Partial<Record<ClaimPart, ClaimPath | null>>>;

export type ClientTable = ReadonlyMap<string, KnownClient>;

const usualNames: Readonly<Record<ClaimPart, readonly string[]>> = {
  account: ["sub"],
  client: ["client_id", "azp", "cid"],
  authTime: ["auth_time"],
  passwordSetAt: ["password_changed_at", "password_set_at", "pwd_changed_at", "pwd_at"],
  ordinal: ["ordinal", "account_ordinal"],
  platform: ["platform", "client_platform"],
  store: ["store", "app_store"],
  version: ["version", "app_version", "client_version"],
};

/** Reads claims by the names that a service uses. A claim may carry a namespace (`https://…/platform`). */
export class ClaimReading {
  readonly #names: ClaimNames;
  readonly #clients: ClientTable;

  constructor(names: ClaimNames, clients: ClientTable) {
    this.#names = names;
    this.#clients = clients;
  }

  /** The claim's value; undefined when no claim of that meaning is there. */
  value(claims: JsonObject, part: ClaimPart): unknown {
    const path = this.#pathIn(claims, part);
    return path === null ? undefined : claimAt(claims, path);
  }

  /** The top-level claim under which a token has a part; null when it has none. */
  nameIn(claims: JsonObject, part: ClaimPart): string | null {
    return this.#pathIn(claims, part)?.[0] ?? null;
  }

  #pathIn(claims: JsonObject, part: ClaimPart): ClaimPath | null {
    const given = this.#names[part];
    if (given === null) return null;
    if (given !== undefined) return claimAt(claims, given) === null ? null : given;
    for (const name of usualNames[part]) {
      if ((claims[name] ?? null) !== null) return [name];
    }
    for (const name of Object.keys(claims)) {
      const tail = /^https?:\/\/.*\/([^/]+)$/.exec(name)?.[1];
      if (tail !== undefined && usualNames[part].includes(tail) && claims[name] !== null) return [name];
    }
    return null;
  }

  text(claims: JsonObject, part: ClaimPart): string | null {
    const value = this.value(claims, part);
    return typeof value === "string" && value !== "" ? value : null;
  }

  /** What the token's own claims and the client table say together; the table wins: it cannot be forged by an app. */
  client({ claims }: TokenSample): KnownClient {
    const id = this.text(claims, "client");
    const known = id === null ? undefined : this.#clients.get(id);
    return {
      platform: known?.platform ?? this.text(claims, "platform"),
      store: known?.store ?? this.text(claims, "store"),
      version: known?.version ?? this.text(claims, "version"),
    };
  }

  /** For messages: how the service's own name of a part is asked for. */
  wanted(part: ClaimPart): string {
    return this.#names[part]?.join(".") ?? usualNames[part][0] ?? part;
  }

  /** A token of a machine: nobody signed in for it (RFC 6749, 4.4: the subject is the client itself, or there is none). */
  isMachine({ claims }: TokenSample): boolean {
    const subject = this.text(claims, "account");
    const grant = claims["gty"];
    return (
      grant === "client-credentials" ||
      grant === "client_credentials" ||
      subject === null ||
      subject === this.text(claims, "client") ||
      subject.endsWith("@clients")
    );
  }
}
