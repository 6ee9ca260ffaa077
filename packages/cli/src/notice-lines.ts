import type { Notice } from "@cordon/contract";
import type { Told } from "./operator-verb.ts";

type Pace = NonNullable<Notice["terms"]["pace"]>;

export function toldNotice(notice: Notice): Told {
  const { id, edition, state, drafted, approved, stopped, audiences, total, terms } = notice;
  return {
    document: notice,
    lines: [
      `notice ${id}: edition ${edition}, ${state}, drafted by ${drafted.by}${approved === null ? "" : `, approved by ${approved.by}`}`,
      ...(stopped === null ? [] : [`stopped ${stopped.at}: ${stopped.because}`]),
      `by ${terms.channels.join(", ")}${terms.receivers.length === 0 ? "" : ` (${terms.receivers.join(", ")})`}`,
      `urgency ${terms.urgency}`,
      ...(terms.pace === null ? ["the server's pace"] : paceLines(terms.pace)),
      ...(audiences === null
        ? []
        : [
            `to ${audiences.affected} affected, ${audiences.nothingToDo} with nothing to do, ${audiences.withoutAddress} without an address`,
            ...audiences.missing.map(({ locale, people }) => `not written in ${locale}: ${people} people`),
          ]),
      `${total.planned} planned, ${total.delivered} delivered, ${total.failed} failed, ${total.unknown} unknown, ${total.pending} on the way, ${total.unreachable} unreachable`,
    ],
  };
}

function paceLines({ perSecond, perDomainPerSecond, domains, warmUp, quiet, quietExempt }: Pace): string[] {
  return [
    ...(perSecond === undefined ? [] : [`at most ${perSecond} a second`]),
    ...(perDomainPerSecond === undefined ? [] : [`at most ${perDomainPerSecond} a second to a domain`]),
    ...Object.entries(domains ?? {}).map(([domain, rate]) => `at most ${rate} a second to ${domain}`),
    ...(warmUp === undefined
      ? []
      : warmUp.steps.map(
          ({ after, perSecond: rate }) => `warm-up from ${warmUp.from}: after ${after} ${rate} a second`,
        )),
    ...(quiet === undefined
      ? []
      : [
          `quiet from ${quiet.from} to ${quiet.to} in each market${quietExempt === undefined || quietExempt.length === 0 ? "" : `, but for ${quietExempt.join(", ")}`}`,
        ]),
  ];
}
