/** GET /api/offline: what this installation may and must do with its copies. */
export interface OfflineAnswer {
  /** The epoch that copies must have now. Copies of a lower epoch are to be wiped. */
  readonly epoch: number;
  /** Whether the installation has given its public key. */
  readonly enrolled: boolean;
  /** The playlists it takes offline. */
  readonly playlistIds: readonly string[];
  /** The server's clock, ISO 8601: what licences expire by. A client keeps the latest it has seen. */
  readonly now: string;
}

/** PUT /api/offline/key → 204: RSA-2048 or larger. A new key ends the old licences. */
export interface EnrolKey {
  /** SPKI in base64 (not base64url), as `exportKey("spki")` gives it. */
  readonly spki: string;
}

/** PUT and DELETE /api/offline/playlists/:id → 204: keeps or ends it being taken offline on this installation. */

/** GET /api/offline/licences?track=…&track=… (at most 100) */
export interface LicencesAnswer {
  readonly now: string;
  readonly licences: readonly Licence[];
}

/** What an installation may play offline, and until when. */
export interface Licence {
  readonly trackId: string;
  readonly epoch: number;
  readonly issuedAt: string;
  readonly expiresAt: string;
  /** The content key (32 bytes) by RSA-OAEP with SHA-256 for the installation's key, base64. */
  readonly wrappedKey: string;
  readonly plainBytes: number;
  readonly contentType: string;
  /** `/api/offline/content/TRACK?epoch=E`; add `&ticket=T`, and `&from=N` to go on from chunk N. */
  readonly contentUrl: string;
}

/** POST /api/offline/wiped → 204: the installation holds no copies below this epoch any more. */
export interface Wiped {
  readonly epoch: number;
}

/** POST /api/offline/tickets (no body) and GET /api/offline/tickets/:id; 200 when admitted, 202 with Retry-After while waiting. */
export type Ticket =
  | { readonly state: "admitted"; readonly id: string; readonly until: string }
  | {
      readonly state: "waiting";
      readonly id: string;
      /** 1: next. */
      readonly place: number;
      readonly retryAfterSeconds: number;
    };
