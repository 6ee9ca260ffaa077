import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
} from "@simplewebauthn/server";
import { OperatorError } from "./errors.ts";
import type { KnownOperator } from "./operator-book.ts";
import type { OperatorDoor } from "./operator-door.ts";
import type { PasskeyFacts } from "./operator-event.ts";
import { digestOf } from "./secrets.ts";

/** Passkeys of one operator. */
export const passkeysMax = 20;

const wrongPasskey = "the passkey could not be checked: try again, or ask an administrator for a new link";

/** What the browser is to ask its authenticator for. The person is always verified (PIN, finger, face), not only present. */
export async function signInOptions(door: OperatorDoor): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return generateAuthenticationOptions({
    rpID: hostOf(door),
    challenge: Buffer.from(await door.challenges.make("sign-in"), "base64url"),
    userVerification: "required",
    allowCredentials: [],
  });
}

/**
 * Whose passkey answered a challenge of ours. Throws ERR_OPERATOR_PASSKEY for anything else, without telling what; `onFailure`
 * is told at whose account it was tried.
 */
export async function signedInBy(
  door: OperatorDoor,
  response: AuthenticationResponseJSON,
  onFailure: (operator: string) => void,
): Promise<KnownOperator> {
  const known = (await door.register.current()).byPasskey(response.id);
  if (known === null) throw refused();
  const { operator, passkey } = known;
  try {
    const counter = await counterOf(door, passkey);
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: (challenge) => door.challenges.take(challenge, "sign-in"),
      expectedOrigin: door.origin(),
      expectedRPID: hostOf(door),
      requireUserVerification: true,
      credential: {
        id: passkey.id,
        publicKey: Buffer.from(passkey.publicKey, "base64url"),
        counter,
      },
    });
    if (!verified) throw refused();
    await keepCounter(door, passkey, authenticationInfo.newCounter);
  } catch (error) {
    onFailure(operator.name);
    throw error instanceof OperatorError ? error : refused(error);
  }
  return operator;
}

/** What the browser is to make a passkey of. */
export async function enrolOptions(
  door: OperatorDoor,
  operator: KnownOperator,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  return generateRegistrationOptions({
    rpName: "Cordon",
    rpID: hostOf(door),
    userName: operator.name,
    userDisplayName: operator.displayName,
    // Tells authenticators which of their passkeys are of one account, and nobody anything else.
    userID: new Uint8Array(digestOf(`operator ${operator.name}`)),
    challenge: Buffer.from(await door.challenges.make("enrol"), "base64url"),
    attestationType: "none",
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
}

/** The passkey that a browser made for a challenge of ours. Throws ERR_OPERATOR_PASSKEY. */
export async function enrolledPasskey(
  door: OperatorDoor,
  response: RegistrationResponseJSON,
): Promise<PasskeyFacts> {
  const verification = await verifyRegistrationResponse({
    response,
    expectedChallenge: (challenge) => door.challenges.take(challenge, "enrol"),
    expectedOrigin: door.origin(),
    expectedRPID: hostOf(door),
    requireUserVerification: true,
  }).catch((error: unknown) => {
    throw refused(error);
  });
  if (!verification.verified) throw refused();
  const { id, publicKey } = verification.registrationInfo.credential;
  if ((await door.register.current()).byPasskey(id) !== null) throw refused();
  return {
    id,
    publicKey: Buffer.from(publicKey).toString("base64url"),
    transports: response.response.transports ?? [],
  };
}

function refused(cause?: unknown): OperatorError {
  return new OperatorError("ERR_OPERATOR_PASSKEY", wrongPasskey, cause === undefined ? {} : { cause });
}

/** The relying party's id: a host name, never an address (WebAuthn 5.1.2). */
function hostOf(door: OperatorDoor): string {
  return new URL(door.origin()).hostname;
}

async function counterOf(door: OperatorDoor, { id }: PasskeyFacts): Promise<number> {
  const row = await door.db
    .selectFrom("operators.passkey_use")
    .select("counter")
    .where("passkey_id", "=", id)
    .executeTakeFirst();
  return row === undefined ? 0 : Number(row.counter);
}

async function keepCounter(door: OperatorDoor, { id }: PasskeyFacts, newCounter: number): Promise<void> {
  const use = { counter: String(newCounter), last_used_at: new Date(door.clock()) };
  await door.db
    .insertInto("operators.passkey_use")
    .values({ passkey_id: id, ...use })
    .onConflict((conflict) => conflict.column("passkey_id").doUpdateSet(use))
    .execute();
}
