import type { Deliveries } from "@cordon/contract";
import { alignColumns } from "./align-columns.ts";

const columns = ["planned", "leased", "handedOver", "confirmed", "bounced", "failed", "unknown"] as const;

/** A table of what became of a notice: a row for each channel, and why it stands still. */
export function deliveryLines({ deliveries }: Deliveries): readonly string[] {
  if (deliveries.length === 0) return ["nothing is planned yet: the notice is not approved"];
  const rows = deliveries.map(({ channel, total, unreachable }) => [
    channel,
    ...columns.map((column) => String(total[column])),
    String(unreachable),
  ]);
  const head = [
    "channel",
    "planned",
    "leased",
    "handed over",
    "confirmed",
    "bounced",
    "failed",
    "unknown",
    "unreachable",
  ];
  return [
    ...alignColumns([head, ...rows]),
    ...deliveries.flatMap(({ channel, stopped }) =>
      stopped === null
        ? []
        : [
            `${channel}: stopped ${stopped.byHand ? "by hand" : "because its evidence changed"}, ${stopped.at}: ${stopped.because}`,
          ],
    ),
    ...deliveries.flatMap(({ channel, quiet }) =>
      quiet.map(({ market, people, until }) =>
        people === null
          ? `${channel}: quiet hours in ${market} until ${until}`
          : `${channel}: ${people} people wait for the end of quiet hours in ${market}, ${until}`,
      ),
    ),
  ];
}
