import {
  AskApproval,
  BreakGlass,
  BreakTheGlass,
  DeclineApproval,
  GiveApproval,
  ReviewBreakGlass,
} from "./approval.ts";
import { command, incident, query } from "./endpoint.ts";
import { PlanProgress } from "./plan-progress.ts";
import { DraftPlan, Plan } from "./plan.ts";
import { PlanWaves, Preview, PreviewPlan, WaveProposal } from "./preview.ts";
import { Because } from "./run.ts";

const plan = `${incident}/plans/{planId}`;

export const planEndpoints = {
  draftPlan: command("draftPlan", `${incident}/plans`, "draft measures, with terms when they are to be run", {
    body: DraftPlan,
    schema: Plan,
  }),
  readPlan: query("readPlan", plan, "one plan", Plan),
  editPlan: command(
    "editPlan",
    `${plan}/revisions`,
    "other measures and terms for a draft; voids its approvals",
    {
      body: DraftPlan,
      schema: Plan,
    },
  ),
  previewPlan: query("previewPlan", `${plan}/preview`, "what a plan would do, before it is done", Preview, {
    body: PreviewPlan,
  }),
  planWaves: query(
    "planWaves",
    `${plan}/waves`,
    "the shortest waves that stay within a budget",
    WaveProposal,
    {
      body: PlanWaves,
    },
  ),
  planProgress: query("planProgress", `${plan}/progress`, "how far a plan has come", PlanProgress),
  askApproval: command(
    "askApproval",
    `${plan}/asking`,
    "ask for approval of a plan, of its lift or of an extension; counts whom it reaches",
    { body: AskApproval, schema: Plan },
  ),
  giveApproval: command("giveApproval", `${plan}/approvals`, "approve what a digest names", {
    status: 202,
    body: GiveApproval,
    schema: Plan,
  }),
  declineApproval: command("declineApproval", `${plan}/declines`, "decline what a digest names", {
    body: DeclineApproval,
    schema: Plan,
  }),
  breakGlass: command(
    "breakGlass",
    `${plan}/break-glass`,
    "put a plan in the place of its missing approvals; somebody else must review it",
    { status: 202, body: BreakTheGlass, schema: Plan },
  ),
  reviewBreakGlass: command("reviewBreakGlass", `${incident}/break-glass/reviews`, "review a broken glass", {
    body: ReviewBreakGlass,
    schema: BreakGlass,
  }),
  startRun: command("startRun", `${plan}/run/start`, "begin an approved run with its canary", {
    status: 202,
    schema: Plan,
  }),
  promoteRun: command("promoteRun", `${plan}/run/promotion`, "from the canary to the waves of its stage", {
    status: 202,
    schema: Plan,
  }),
  advanceRun: command("advanceRun", `${plan}/run/advance`, "to the canary of the next stage", {
    status: 202,
    schema: Plan,
  }),
  pauseRun: command("pauseRun", `${plan}/run/pause`, "let no further wave open", {
    status: 202,
    body: Because,
    schema: Plan,
  }),
  resumeRun: command("resumeRun", `${plan}/run/resume`, "let the waves go on where they stand", {
    status: 202,
    body: Because,
    schema: Plan,
  }),
  completeRun: command("completeRun", `${plan}/run/completion`, "end a run whose waves are all open", {
    status: 202,
    schema: Plan,
  }),
} as const;
