import {
  parseSmtpUrl,
  prepareNotice,
  smtpTransport,
  type Contact,
  type DeliveryLedger,
  type MessageTransport,
  type NoticeFacts,
  type Sending,
} from "../../src/index.ts";
import { reference } from "./example-facts.ts";

/** `u-17` of ordinal 17, at `u-17@people.example`. */
export function contactOf(ordinal: number): Contact {
  return { accountId: `u-${ordinal}`, email: `u-${ordinal}@people.example`, locale: "en-GB" };
}

export type Setup = { readonly sending: Sending; readonly transport: MessageTransport };

/** A notice of `people` persons, the first `affected` of them affected, ready to send to 127.0.0.1:port. */
export async function setUp(
  ledger: DeliveryLedger,
  port: number,
  options: {
    readonly incidentId: string;
    readonly people: number;
    readonly affected?: number;
    readonly connections?: number;
    readonly facts?: NoticeFacts;
    readonly over?: Partial<Sending>;
  },
): Promise<Setup> {
  const { incidentId, people, affected = 1 } = options;
  const salt = new Uint8Array(16).fill(1);
  const prepared = await prepareNotice({
    facts: options.facts ?? reference,
    incidentId,
    edition: 1,
    affectedPlanned: affected,
    from: "Overture <security@overture.example>",
    salt,
  });
  const planned = await ledger.plan({
    incidentId,
    edition: 1,
    manifestDigest: prepared.digest,
    salt,
    affected: Array.from({ length: affected }, (_, i) => i),
    general: [Array.from({ length: people }, (_, i) => i)],
    unreachable: [],
  });
  const transport = smtpTransport({
    server: parseSmtpUrl(`smtp://127.0.0.1:${port}`),
    connections: options.connections ?? 3,
    replyTimeoutMs: 60_000,
  });
  const sending: Sending = {
    ledger,
    noticeNo: planned.noticeNo,
    transport,
    render: (audience, contact) => prepared.render(audience, contact, 1_400_000_000_000),
    contacts: (ordinals) =>
      Promise.resolve(new Map(ordinals.map((ordinal) => [ordinal, contactOf(ordinal)]))),
    claimsHold: () => Promise.resolve({ holds: true }),
    clock: () => Date.now(),
    signal: new AbortController().signal,
    retry: { attemptsMax: 3, firstDelayMs: 20, delayMaxMs: 40 },
    ...options.over,
  };
  return { sending, transport };
}
