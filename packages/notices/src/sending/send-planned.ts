import { createReturnTokens } from "../bounces/return-token.ts";
import { NoticeError } from "../errors.ts";
import { deliver } from "./deliver.ts";
import type { Sending, SendingEnd } from "./sending.ts";

/** Sends what is planned by e-mail, as `deliver` does. */
export async function sendPlanned(sending: Sending): Promise<SendingEnd> {
  const { render, bounceAddress = null, ...terms } = sending;
  const { noticeNo, salt } = await sending.ledger.read(sending.noticeNo);
  const tokens = createReturnTokens(salt);
  return deliver({
    ...terms,
    destination: ({ email, suppressed }) =>
      email === null || email === "" || suppressed === true ? null : domainOf(email),
    prepare(audience, contact, ordinal) {
      const { email } = contact;
      if (email === null || email === "") return null;
      if (contact.suppressed === true)
        throw new NoticeError("ERR_NOTICE_SUPPRESSED", "the address has said for good that it is none");
      const message = render(audience, { ...contact, email });
      const token = tokens.make(noticeNo, ordinal);
      return {
        message: {
          ...message,
          token,
          from: bounceAddress === null ? message.from : returnPath(bounceAddress, token),
        },
        statements: message.statements ?? null,
        destination: domainOf(email),
      };
    },
  });
}

function domainOf(email: string): string {
  return email.slice(email.lastIndexOf("@") + 1).toLowerCase();
}

/** `bounces+TOKEN@domain`. */
function returnPath(bounceAddress: string, token: string): string {
  const at = bounceAddress.lastIndexOf("@");
  return `${bounceAddress.slice(0, at)}+${token}${bounceAddress.slice(at)}`;
}
