/** The tables of `migrations/`, as Kysely has them. */
export interface OperatorTables {
  readonly "operators.session": {
    readonly session_id: string;
    readonly secret_digest: Buffer;
    readonly operator: string;
    /** A bigint, which the driver gives as text. */
    readonly restricted_at: string;
    readonly method: "passkey" | "issuer";
    readonly device: string;
    readonly created_at: Date;
    readonly expires_at: Date;
    readonly last_seen_at: Date;
    readonly seal: Buffer;
  };
  readonly "operators.challenge": {
    readonly challenge: string;
    readonly purpose: "sign-in" | "enrol";
    readonly expires_at: Date;
  };
  readonly "operators.passkey_use": {
    readonly passkey_id: string;
    readonly counter: string;
    readonly last_used_at: Date;
  };
  readonly "operators.token_use": { readonly token_id: string; readonly last_used_at: Date };
}
