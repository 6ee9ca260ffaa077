import type { RegistrationResponseJSON } from "@simplewebauthn/server";
import { standing } from "./change-roles.ts";
import { OperatorError } from "./errors.ts";
import type { OperatorDoor } from "./operator-door.ts";
import { enrolledPasskey, passkeysMax } from "./passkeys.ts";

/** Another passkey of one who is signed in. */
export async function addPasskey(
  door: OperatorDoor,
  operator: string,
  response: RegistrationResponseJSON,
): Promise<void> {
  const passkey = await enrolledPasskey(door, response);
  await door.register.change((book) => {
    if (standing(book, operator).passkeys.length >= passkeysMax)
      throw new OperatorError("ERR_OPERATOR_LIMIT", `you have ${passkeysMax} passkeys`);
    return { event: { type: "passkey-added", data: { operator, passkey } }, made: null };
  });
}
