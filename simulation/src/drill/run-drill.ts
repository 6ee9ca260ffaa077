import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, Notice, Plan } from "@cordon/contract";
import { browsersOpen, browsersReturn } from "../browsers/open-browsers.ts";
import type { ClientsMessage, ClientsRequest } from "../clients/clients-messages.ts";
import type { SinkMessage, SinkRequest } from "../mail/mail-sink-messages.ts";
import { Population } from "../population/population.ts";
import type { DrillReport } from "../report/report.ts";
import { hiddenTruth, type HiddenTruth } from "../truth/hidden-truth.ts";
import { awaitMessage } from "./await-message.ts";
import { seesBundle } from "./bundle-watch.ts";
import type { Child } from "./child-process.ts";
import type { Display } from "./display.ts";
import type { DrillOptions } from "./drill-options.ts";
import { liftEarlierPlans } from "./lift-earlier-plans.ts";
import { makeReport } from "./make-report.ts";
import { drillRules } from "./measures.ts";
import { askSink, readAccessLogs } from "./observe.ts";
import { operators } from "./operators.ts";
import { Phases } from "./phases.ts";
import type { Processes } from "./processes.ts";
import { IncidentResponse } from "./respond.ts";
import { scaleTime } from "./scaled-time.ts";
import { drillFolderOf, setTheStage, type Stage } from "./stage.ts";
import { verifyJournal } from "./verify-journal.ts";

interface DrillInput {
  readonly options: DrillOptions;
  readonly processes: Processes;
  readonly display: Display;
  /** Aborted when somebody ends the drill. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
}

/** The reference incident from its logs to the all clear, by the real parts. Leaves the processes to the caller. */
export async function runDrill(
  input: DrillInput,
): Promise<{ readonly report: DrillReport; readonly stage: Stage }> {
  const { options, processes, display, signal, nowMs } = input;
  const { accounts } = options;
  const startedMs = nowMs();
  const phases = new Phases(display, nowMs);
  const population = new Population(options);
  const truth = hiddenTruth(population, options.variant);
  const time = scaleTime(accounts);

  const stage = await phases.run("start", () => setTheStage({ ...input, population, truth }));
  watchProgress(stage, accounts, display);
  const browsersAreOpen = stage.browsers === null ? Promise.resolve() : browsersOpen(stage.browsers);
  browsersAreOpen.catch(() => undefined);
  const people = await operators(options.home, stage.controlPlane.url);
  const earlier = await phases.run("earlier drills", () => liftEarlierPlans(people, signal));
  if (earlier.lifted > 0) display.note(`plans of earlier drills lifted: ${earlier.lifted}`);
  stage.sink.send({ kind: "reset" } satisfies SinkRequest);
  const rules = drillRules(earlier.incidents + 1);
  const response = new IncidentResponse({ operators: people, rules, population, truth, time, nowMs, signal });

  await phases.run("incident", () => response.open());
  const answer = await phases.run("scope", () => response.ask(stage.evidenceFolder));
  display.note(claimLine(answer));
  await phases.run("claim", () => response.claim(answer));
  // Who signs in after the cutoff would not be asked again.
  const { browsers } = stage;
  if (browsers !== null) await phases.run("browsers", () => browsersAreOpen);
  const canary = await phases.run("plan", () => response.plan(answer));
  const propagationMs = await phases.run("enforce", () => enforced(canary, stage, { nowMs, signal }));
  const plan = await phases.run("canary", async () => {
    const promoted = await response.promote(canary);
    // People come within seconds here: they would be through before an instance whose server just died has heard of it.
    const { bundle } = await people.author.status({ signal });
    const version = bundle?.version ?? 0;
    await Promise.all(stage.instances.map((instance) => seesBundle(instance, version, { nowMs, signal })));
    return promoted;
  });

  const [notice] = await Promise.all([
    phases.run("notices", () => response.notify((now) => tellNotice(now, display))),
    phases.run("waves", () =>
      waves(stage.clients, plan, { overMs: time.wavesSeconds * 1000, nowMs, signal }),
    ),
  ]);
  const clients = await phases.run("last visits", () => round(stage.clients, { kind: "last-round" }));
  const inBrowsers =
    browsers === null ? null : await phases.run("back in the browsers", () => browsersReturn(browsers));
  await phases.run("completion", () => response.completed(plan));
  await phases.run("all clear", () => response.allClear());

  const observed = await phases.run("observe", () => observe(stage, { processes, options, truth }));
  if (!options.stay) await rm(drillFolderOf(options.home), { recursive: true, force: true });
  const judged = {
    options,
    population,
    truth,
    rules,
    answer,
    notice,
    clients,
    inBrowsers,
    phases,
    propagationMs,
  };
  const report = makeReport({
    ...judged,
    ...observed,
    startedMs,
    endedMs: nowMs(),
    restarts: stage.controlPlane.restarts,
  });
  return { report, stage };
}

async function observe(
  stage: Stage,
  { processes, options, truth }: Pick<DrillInput, "processes" | "options"> & { truth: HiddenTruth },
) {
  const affected = truth.affected.map((person) => person.index);
  const [mail, verdict] = await Promise.all([
    askSink(stage.sink, affected),
    verifyJournal(processes, options.home),
  ]);
  // The instances write their logs to the end when they close.
  await stage.stopOverture();
  return { mail, verdict, tally: await readAccessLogs(stage.accessLogs, options.accounts) };
}

function claimLine(answer: Answer): string {
  const { kind, atLeast, atMost } = answer.accounts;
  const people = kind === "exactly" ? `exactly ${atLeast}` : `between ${atLeast} and ${atMost}`;
  return `the evidence shows: ${people} of the accounts; not accessed: ${answer.dataClasses.notAccessed.join(", ")}`;
}

function tellNotice(notice: Notice, display: Display): void {
  const { delivered, planned, failed, unknown } = notice.total;
  const rest = failed + unknown === 0 ? "" : `, ${failed} failed, ${unknown} unknown`;
  display.progress("notices", `${delivered} of ${planned} handed over${rest}`);
}

async function enforced(
  plan: Plan,
  stage: Stage,
  options: { nowMs: () => number; signal: AbortSignal },
): Promise<number[]> {
  const version = plan.inForce?.bundleVersion ?? 0;
  const sinceMs = Date.parse(plan.inForce?.at ?? "");
  const seen = await Promise.all(stage.instances.map((instance) => seesBundle(instance, version, options)));
  return seen.map((ms) => Math.max(0, ms - sinceMs));
}

interface WavesOptions {
  readonly overMs: number;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

/** People come and go while the waves run; resolves when the last wave is open and every store has the fixed version. */
async function waves(clients: Child, plan: Plan, { overMs, nowMs, signal }: WavesOptions): Promise<void> {
  await round(clients, { kind: "first-round", overMs });
  const laterMs = plan.measures.flatMap((measure) => {
    if (measure.measure !== "upgrade") return [];
    const instants = [
      measure.required,
      ...Object.values(measure.stores ?? {}).map((store) => store.available),
    ];
    return instants.flatMap((instant) => (instant === undefined ? [] : [Date.parse(instant)]));
  });
  const endMs = Math.max(Date.parse(plan.run?.wavesFrom ?? "") + overMs, ...laterMs);
  while (nowMs() <= endMs) await sleep(Math.min(200, endMs - nowMs() + 1), undefined, { signal });
}

async function round(clients: Child, request: ClientsRequest): Promise<RoundDone> {
  const done = awaitMessage(clients, (message) => {
    const said = message as ClientsMessage;
    return said.kind === "round-done" ? said : null;
  });
  clients.send(request);
  return done;
}

export type RoundDone = Extract<ClientsMessage, { kind: "round-done" }>;

function watchProgress(stage: Stage, accounts: number, display: Display): void {
  stage.sink.onMessage((message) => {
    const said = message as SinkMessage;
    if (said.kind === "progress") display.progress("mail server", `${said.messages} received`);
  });
  stage.clients.onMessage((message) => {
    const said = message as ClientsMessage;
    if (said.kind !== "progress" || said.counts.opened === 0) return;
    const { opened, signedIn, upgraded, downloaded, gaveUp } = said.counts;
    display.progress("people", `${opened} openings of ${accounts} apps`);
    display.progress(
      "obeyed",
      `${signedIn} signed in again, ${upgraded} upgraded, ${downloaded} downloaded again, ${gaveUp} refused and gave up`,
    );
  });
}
