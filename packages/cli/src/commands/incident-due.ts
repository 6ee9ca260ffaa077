import { Option, type Command } from "commander";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly cursor?: string;
}

export function registerIncidentDue(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "incident",
    usage: "due",
    description:
      "closed incidents whose personal data is past its retention, or has none, and is still there",
    example: "cordon incident due",
    options: [new Option("--cursor <cursor>", "`next` of the page before")],
    run: async (client, _, { cursor }) => {
      const page = await client.listDueData(cursor === undefined ? {} : { cursor });
      const lines = page.due.map(({ incident, title, closedAt, keptUntil, keptBecause, asked }) =>
        [
          `${incident}: ${title}, closed ${closedAt}`,
          keptUntil === null ? "no retention was set" : `due since ${keptUntil}`,
          ...keptBecause.filter((reason) => reason !== "no retention was set"),
          ...(asked ? ["shredding waits for approvals"] : []),
        ].join("; "),
      );
      const more = page.next === null ? [] : [`more: --cursor ${page.next}`];
      return { document: page, lines: page.due.length === 0 ? ["nothing is due"] : [...lines, ...more] };
    },
  });
}
