import { saysForGood, type MessageTransport, type Recipient, type Suppressions } from "@cordon/notices";

/** Learns from refusals which addresses there are not. */
export function learningTransport(transport: MessageTransport, suppressions: Suppressions): MessageTransport {
  return {
    lanes: transport.lanes,
    async send(message) {
      const handOver = await transport.send(message);
      // An envelope to several addresses does not say which of them was meant.
      const isOne = (message.alsoTo ?? []).length === 0;
      if (handOver.kind === "refused" && isOne && saysForGood(handOver.status))
        await suppressions.add(message.to, handOver.status);
      return handOver;
    },
    close: () => transport.close(),
  };
}

/** Contacts without the addresses that are not tried again; whoever has no other is `suppressed`. */
export async function withoutSuppressed(
  contacts: ReadonlyMap<number, Recipient>,
  suppressions: Suppressions,
): Promise<ReadonlyMap<number, Recipient>> {
  const emails = new Set([...contacts.values()].flatMap((one) => addressesOf(one)));
  const suppressed = await suppressions.among([...emails]);
  if (suppressed.size === 0) return contacts;
  return new Map([...contacts].map(([ordinal, one]) => [ordinal, usable(one, suppressed)]));
}

function addressesOf({ email, formerEmails = [] }: Recipient): readonly string[] {
  return email === null ? formerEmails : [email, ...formerEmails];
}

function usable(recipient: Recipient, suppressed: ReadonlySet<string>): Recipient {
  const all = addressesOf(recipient);
  if (!all.some((email) => suppressed.has(email))) return recipient;
  const [email, ...formerEmails] = all.filter((one) => !suppressed.has(one));
  return email === undefined ? { ...recipient, suppressed: true } : { ...recipient, email, formerEmails };
}
