import { NoticeError } from "../errors.ts";

/** RFC 5321 4.5.3.1: octets of a local part, and of a path less its angle brackets. */
const localPartMax = 64;
const addressMax = 254;

const atom = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const label = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/**
 * What is wrong with an address, in words that do not repeat it; null for a plain mailbox: dot-atom `@` domain of
 * letters, digits and hyphens. Quoted local parts, address literals and addresses outside ASCII are refused: what
 * cannot be read with one meaning is never put on the wire.
 */
export function addressFault(address: string): string | null {
  const at = address.lastIndexOf("@");
  const localPart = address.slice(0, at);
  const domain = address.slice(at + 1);
  if (address.length > addressMax || localPart.length > localPartMax) return "is too long";
  if (at <= 0 || !atom.test(localPart)) return "has no plain local part";
  return domain.split(".").every((part) => label.test(part)) ? null : "has no plain domain";
}

/** Throws `ERR_NOTICE_ADDRESS` for an address with a fault. */
export function checkAddress(address: string): void {
  const fault = addressFault(address);
  if (fault === null) return;
  throw new NoticeError("ERR_NOTICE_ADDRESS", `the address ${fault}`, {
    hint: "local part and domain in ASCII, as RFC 5321 has them without quotes",
  });
}
