import type { OperatorRole } from "@cordon/contract";
import type { JsonObject } from "@cordon/model";
import { firstOperators, rescuer } from "./first-operators.ts";
import {
  operatorEventOf,
  restrictingTypes,
  type OperatorEvent,
  type PasskeyFacts,
} from "./operator-event.ts";

export interface KnownOperator {
  readonly name: string;
  readonly displayName: string;
  readonly roles: readonly OperatorRole[];
  readonly signsIn: "token" | "passkey" | "issuer";
  readonly revoked: boolean;
  readonly passkeys: readonly PasskeyFacts[];
  readonly invitation: { readonly digest: string; readonly untilMs: number } | null;
  /** Whom the issuer knows as whom; null for the others. */
  readonly subject: { readonly issuer: string; readonly subject: string } | null;
  /** Place in the stream of the last event that took something from the operator: what began before it has ended. */
  readonly restrictedAt: number;
}

export interface KnownToken {
  readonly id: string;
  readonly operator: string;
  readonly label: string;
  readonly digest: string;
  readonly roles: readonly OperatorRole[];
  readonly readOnly: boolean;
  readonly createdAtMs: number;
  readonly untilMs: number;
  readonly revoked: boolean;
}

interface Recorded {
  readonly type: string;
  readonly data: JsonObject | null;
  readonly version: number;
  readonly atMs: number;
}

const newcomer = {
  signsIn: "issuer",
  revoked: false,
  passkeys: [],
  invitation: null,
  subject: null,
  restrictedAt: -1,
} as const;

/** Who the operators are, as the journal's events tell it. Nothing else makes anybody an operator. */
export class OperatorBook {
  readonly #operators = new Map<string, KnownOperator>();
  readonly #tokens = new Map<string, KnownToken>();
  readonly #tokensByDigest = new Map<string, string>();
  /** Events taken in: the stream's version. */
  version = 0;

  constructor() {
    for (const [name, roles] of firstOperators) {
      this.#operators.set(name, { ...newcomer, name, displayName: name, roles, signsIn: "token" });
    }
  }

  /** Takes in the stream's next event. */
  apply(recorded: Recorded): void {
    this.version = recorded.version + 1;
    const event = operatorEventOf(recorded);
    if (event !== null) this.#take(event, recorded);
    // Fails closed: when nobody knows any more from whom something was taken, it is taken from everybody of before.
    else if (restrictingTypes.has(recorded.type)) this.#restrictAll(recorded.version);
  }

  operator(name: string): KnownOperator | null {
    return this.#operators.get(name) ?? null;
  }

  operators(): readonly KnownOperator[] {
    return [...this.#operators.values()];
  }

  bySubject(issuer: string, subject: string): KnownOperator | null {
    return (
      this.operators().find((one) => one.subject?.issuer === issuer && one.subject.subject === subject) ??
      null
    );
  }

  byPasskey(id: string): { readonly operator: KnownOperator; readonly passkey: PasskeyFacts } | null {
    for (const operator of this.#operators.values()) {
      const passkey = operator.revoked ? undefined : operator.passkeys.find((one) => one.id === id);
      if (passkey !== undefined) return { operator, passkey };
    }
    return null;
  }

  byInvitation(digest: string): KnownOperator | null {
    return this.operators().find((one) => !one.revoked && one.invitation?.digest === digest) ?? null;
  }

  token(id: string): KnownToken | null {
    return this.#tokens.get(id) ?? null;
  }

  tokenByDigest(digest: string): KnownToken | null {
    const id = this.#tokensByDigest.get(digest);
    return id === undefined ? null : this.token(id);
  }

  tokensOf(operator: string): readonly KnownToken[] {
    return [...this.#tokens.values()].filter((token) => token.operator === operator);
  }

  /** What each operator who is not revoked may act as. */
  roles(): ReadonlyMap<string, readonly OperatorRole[]> {
    return new Map(this.operators().flatMap((one) => (one.revoked ? [] : [[one.name, one.roles] as const])));
  }

  /** True once there is anybody who signs in as a person. */
  get hasPeople(): boolean {
    return this.operators().some((one) => one.signsIn !== "token");
  }

  #take(event: OperatorEvent, { version, atMs }: Recorded): void {
    switch (event.type) {
      case "operator-invited":
        this.#invited(event.data);
        break;
      case "operator-enrolled": {
        const { operator, passkey } = event.data;
        this.#change(operator, { passkeys: [passkey], invitation: null, restrictedAt: version });
        break;
      }
      case "passkey-added": {
        const { operator, passkey } = event.data;
        this.#change(operator, { passkeys: [...(this.operator(operator)?.passkeys ?? []), passkey] });
        break;
      }
      case "operator-recognised": {
        const { operator: name, issuer, subject, ...rest } = event.data;
        this.#operators.set(name, { ...newcomer, ...rest, name, subject: { issuer, subject } });
        break;
      }
      case "operator-roles-changed":
        this.#change(event.data.operator, { roles: event.data.roles, restrictedAt: version });
        break;
      case "operator-revoked":
        this.#revoke(event.data.operator, version);
        break;
      case "token-created": {
        const { token: id, digest } = event.data;
        this.#tokens.set(id, { ...event.data, id, createdAtMs: atMs, revoked: false });
        this.#tokensByDigest.set(digest, id);
        break;
      }
      case "token-revoked": {
        const token = this.token(event.data.token);
        if (token !== null) this.#tokens.set(token.id, { ...token, revoked: true });
      }
    }
  }

  #invited(data: Extract<OperatorEvent, { type: "operator-invited" }>["data"]): void {
    const { operator: name, displayName, roles } = data;
    const invitation = { digest: data.invitation, untilMs: data.untilMs };
    if (roles === null) this.#change(name, { invitation });
    else this.#operators.set(name, { ...newcomer, name, displayName, roles, signsIn: "passkey", invitation });
  }

  #change(name: string, change: Partial<KnownOperator>): void {
    const operator = this.operator(name);
    // The event that made the operator may have been erased: what came after it then makes nobody.
    if (operator !== null) this.#operators.set(name, { ...operator, ...change });
  }

  #revoke(name: string, version: number): void {
    this.#change(name, { revoked: true, roles: [], passkeys: [], invitation: null, restrictedAt: version });
    for (const token of this.tokensOf(name)) this.#tokens.set(token.id, { ...token, revoked: true });
  }

  #restrictAll(version: number): void {
    for (const { name } of this.operators()) if (name !== rescuer) this.#revoke(name, version);
  }
}
