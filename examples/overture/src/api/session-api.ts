/** GET /api/session: who is signed in. Never denied, so that a player always knows where it stands. */
export type SessionAnswer =
  | { readonly signedIn: false }
  | {
      readonly signedIn: true;
      readonly account: { readonly id: string; readonly email: string };
      /** When the person signed in; ISO 8601. */
      readonly authTime: string;
      readonly passwordSetAt: string;
      readonly installation: SessionInstallation;
    };

export interface SessionInstallation {
  readonly id: string;
  readonly platform: string;
  /** Epoch of the offline copies that the server believes this installation holds; null: none. */
  readonly offlineEpoch: number | null;
}

/** POST /api/session/sign-out. `others` and `all` end apps and API keys as well as browsers. */
export interface SignOut {
  readonly which: "this" | "others" | "all";
}

/** GET /api/devices */
export interface DevicesAnswer {
  readonly devices: readonly Device[];
}

export interface Device {
  /** Names the device in DELETE /api/devices/:id; no credential. */
  readonly id: string;
  readonly platform: string;
  readonly store: string;
  /** Empty where it has none, as in a browser. */
  readonly version: string;
  /** ISO 8601. */
  readonly lastSeen: string;
  /** Whether it still holds a session. */
  readonly signedIn: boolean;
  /** Whether it is the one that asks. */
  readonly current: boolean;
  readonly hasOffline: boolean;
}

/** POST /api/password: by somebody signed in. All other sessions end; this one goes on under a new cookie. */
export interface ChangePassword {
  readonly password: string;
  readonly newPassword: string;
}

/** POST /api/password/forgotten: always 202, whether or not there is such an account. */
export interface ForgottenPassword {
  readonly email: string;
}

/** POST /api/password/reset: 204, or 410 when the link has expired or was used. */
export interface ResetPassword {
  readonly token: string;
  readonly newPassword: string;
}

/** POST /api/recovery/code: for people whose mail address is dead, by a recovery code they kept. 204, or 403. */
export interface RecoverByCode {
  readonly email: string;
  readonly code: string;
  readonly newPassword: string;
}

/** POST /api/recovery/case: without code either; a person looks at it after a waiting time. Always 202. */
export interface OpenRecoveryCase {
  readonly email: string;
  /** An address where an answer can reach the person. */
  readonly contact: string;
  readonly words: string;
}

/** GET /api/recovery-codes: how many are left. POST makes ten new ones; the old ones end. */
export interface RecoveryCodesLeft {
  readonly left: number;
}

export interface NewRecoveryCodes {
  readonly codes: readonly string[];
}

/** GET /api/keys */
export interface KeysAnswer {
  readonly keys: readonly ApiKey[];
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  /** Null: never. */
  readonly lastUsedAt: string | null;
}

/** POST /api/keys */
export interface NewApiKey {
  readonly name: string;
}

/** The only time that the key itself is shown. */
export interface NewApiKeyAnswer extends ApiKey {
  readonly key: string;
}
