import type { OperatorRole } from "@cordon/contract";
import type { JsonObject } from "@cordon/model";

/** The journal's stream of everything that makes, changes or ends an operator. */
export const operatorStream = "operators";

export interface PasskeyFacts {
  /** The credential's id, base64url. */
  readonly id: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  readonly transports: readonly string[];
}

interface OperatorEventData {
  /** A new operator, or (without roles) a new link for one who is there. */
  readonly "operator-invited": {
    readonly by: string;
    readonly operator: string;
    readonly displayName: string;
    readonly roles: readonly OperatorRole[] | null;
    /** SHA-256 of the link's secret, base64url. */
    readonly invitation: string;
    readonly untilMs: number;
  };
  /** The invitation was used; passkeys of before end. */
  readonly "operator-enrolled": {
    readonly operator: string;
    readonly invitation: string;
    readonly passkey: PasskeyFacts;
  };
  /** Another passkey of one who is signed in. */
  readonly "passkey-added": { readonly operator: string; readonly passkey: PasskeyFacts };
  /** Somebody of the issuer signed in for the first time. */
  readonly "operator-recognised": {
    readonly operator: string;
    readonly displayName: string;
    readonly roles: readonly OperatorRole[];
    readonly issuer: string;
    readonly subject: string;
  };
  readonly "operator-roles-changed": {
    /** Null: by the issuer's groups at sign-in. */
    readonly by: string | null;
    readonly operator: string;
    readonly roles: readonly OperatorRole[];
  };
  readonly "operator-revoked": { readonly by: string; readonly operator: string };
  readonly "token-created": {
    readonly operator: string;
    readonly token: string;
    readonly label: string;
    /** SHA-256 of the token, base64url. */
    readonly digest: string;
    readonly roles: readonly OperatorRole[];
    readonly readOnly: boolean;
    readonly untilMs: number;
  };
  readonly "token-revoked": { readonly by: string; readonly token: string };
}

type OperatorEventType = keyof OperatorEventData;

export type OperatorEvent = {
  readonly [Type in OperatorEventType]: { readonly type: Type; readonly data: OperatorEventData[Type] };
}[OperatorEventType];

/** Those that take something away: once erased, nobody knows any more from whom. */
export const restrictingTypes: ReadonlySet<string> = new Set<OperatorEventType>([
  "operator-roles-changed",
  "operator-revoked",
  "token-revoked",
]);

const types: { readonly [Type in OperatorEventType]: true } = {
  "operator-invited": true,
  "operator-enrolled": true,
  "passkey-added": true,
  "operator-recognised": true,
  "operator-roles-changed": true,
  "operator-revoked": true,
  "token-created": true,
  "token-revoked": true,
};

/** The journal gives back what this package appended, so its data is taken to be of its type. Null when erased. */
export function operatorEventOf(recorded: { type: string; data: JsonObject | null }): OperatorEvent | null {
  const { type, data } = recorded;
  if (data === null || !Object.hasOwn(types, type)) return null;
  const event: unknown = { type, data };
  return event as OperatorEvent;
}
