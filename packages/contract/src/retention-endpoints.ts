import { command, incident, query, type Endpoint } from "./endpoint.ts";
import { Incident } from "./incident.ts";
import { ApproveShred, DeclineShred, DueData, SetRetention } from "./retention.ts";
import { Because } from "./run.ts";

export const retentionEndpoints = {
  listDueData: query(
    "listDueData",
    "/v1/retention",
    "closed incidents whose personal data is past its retention, or has none, and is still there",
    DueData,
    { paged: true },
  ),
  setRetention: command(
    "setRetention",
    `${incident}/retention`,
    "decide how long its personal data is kept",
    {
      body: SetRetention,
      schema: Incident,
    },
  ),
  setLegalHold: command("setLegalHold", `${incident}/legal-hold`, "nothing of it goes from now on", {
    body: Because,
    schema: Incident,
  }),
  liftLegalHold: command(
    "liftLegalHold",
    `${incident}/legal-hold/lifting`,
    "take a legal hold back that somebody else set",
    { body: Because, schema: Incident },
  ),
  askShred: command(
    "askShred",
    `${incident}/shredding`,
    "ask that the personal data of a closed incident is let go; refused while something keeps it",
    { body: Because, schema: Incident },
  ),
  approveShred: command(
    "approveShred",
    `${incident}/shredding/approvals`,
    "agree to what somebody else asked; with two who agree it is let go for good",
    { body: ApproveShred, status: 202, schema: Incident },
  ),
  declineShred: command("declineShred", `${incident}/shredding/declines`, "one who declines is enough", {
    body: DeclineShred,
    schema: Incident,
  }),
} as const satisfies { readonly [operation: string]: Endpoint };
