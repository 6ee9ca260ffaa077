import fc from "fast-check";
import { expect, test } from "vitest";
import {
  cordonHolidays,
  cordonRules,
  decide,
  dutiesOfIncident,
  evolve,
  parseRulePack,
  ResponseError,
  standingStart,
  timelineOf,
  type DutyBook,
  type Incident,
  type IncidentCommand,
  type Role,
} from "../../src/index.ts";

const book: DutyBook = { pack: cordonRules, calendars: cordonHolidays };
const nowMs = Date.parse("2026-11-23T12:00:00Z");
const hourMs = 3_600_000;
const roles = new Map<string, readonly Role[]>([
  ["grace", ["responder"]],
  ["ana", ["approver"]],
  ["vera", ["viewer"]],
  ["adam", ["administrator"]],
]);

function run(
  incident: Incident | null,
  command: IncidentCommand,
  operator = "ana",
  atMs = nowMs,
): Incident | null {
  const context = { operator, nowMs: atMs, takenMeasures: new Map(), roles };
  return decide(incident, command, context).reduce<Incident | null>(
    (state, event) => evolve(state, event, atMs),
    incident,
  );
}

function after(...commands: readonly IncidentCommand[]): Incident {
  const opened = run(
    null,
    { kind: "open-incident", incidentId: "inc-1", title: "access to internal systems" },
    "grace",
  );
  const end = commands.reduce<Incident | null>((state, command) => run(state, command), opened);
  if (end === null) throw new Error("no incident");
  return end;
}

const markets = (...codes: string[]): IncidentCommand => ({
  kind: "set-duty-markets",
  markets: codes,
  because: null,
});
const aware = (at: string, because: string | null = null): IncidentCommand => ({
  kind: "record-duty-event",
  event: "awareness",
  at,
  name: "Grace Hopper",
  because,
});
const done = (rule: string, at: string, reference = "IMY-2026-1234"): IncidentCommand => ({
  kind: "mark-duty-done",
  rule,
  at,
  reference,
  authority: "IMY",
  name: "Grace Hopper",
});

function dutyOf(incident: Incident, rule: string, atMs = nowMs) {
  return dutiesOfIncident(book, incident, atMs).duties.find((one) => one.rule.id === rule);
}

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ResponseError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("it was not refused");
}

test("without a market there is no duty; with one its clocks wait for their start", () => {
  expect(dutiesOfIncident(book, after(), nowMs).duties).toEqual([]);
  const incident = after(markets("SE"));
  expect(dutyOf(incident, "eu-gdpr-33")).toMatchObject({ status: "waiting", waitsFor: "awareness" });
  expect(dutyOf(incident, "gb-gdpr-33")).toBeUndefined();
});

test("a market for which no rule is known is named, not passed over", () => {
  const { marketsWithoutRules } = dutiesOfIncident(book, after(markets("SE", "ZZ")), nowMs);
  expect(marketsWithoutRules).toEqual(["ZZ"]);
});

test("a market goes away only with a reason", () => {
  const incident = after(markets("SE", "BR"));
  expect(refusal(() => run(incident, markets("SE")))).toMatch(/^ERR_DUTY: `BR` would no longer be concerned/);
  const left = run(incident, { kind: "set-duty-markets", markets: ["SE"], because: "nobody lives there" });
  expect(left?.duties.markets).toEqual(["SE"]);
  expect(timelineOf(left ?? incident).map(({ what }) => what)).toContain(
    "markets concerned: SE: nobody lives there",
  );
});

test("a start event is backdated freely: when it was recorded, and by whom, stands beside it", () => {
  const incident = after(markets("SE"), aware("2026-11-20T16:00:00Z"));
  expect(standingStart(incident.duties, "awareness")).toMatchObject({
    at: "2026-11-20T16:00:00.000Z",
    name: "Grace Hopper",
    by: "ana",
    atMs: nowMs,
  });
  expect(dutyOf(incident, "eu-gdpr-33")).toMatchObject({
    dueAt: "2026-11-23T16:00:00.000Z",
    leftMs: 4 * hourMs,
  });
});

test("a known awareness moves earlier at once, and later only with a reason; every time stays on record", () => {
  const incident = after(markets("SE"), aware("2026-11-20T16:00:00Z"), aware("2026-11-19T16:00:00Z"));
  expect(dutyOf(incident, "eu-gdpr-33")?.status).toBe("overdue");
  expect(dutyOf(incident, "eu-gdpr-33")?.startedAt).toBe("2026-11-19T16:00:00.000Z");
  expect(refusal(() => run(incident, aware("2026-11-21T16:00:00Z")))).toMatch(
    /^ERR_DUTY: awareness is known to be at `2026-11-19T16:00:00.000Z`/,
  );
  expect(refusal(() => run(incident, aware("2026-11-21T16:00:00Z", "  ")))).toMatch(/^ERR_TEXT/);
  const moved = run(incident, aware("2026-11-21T16:00:00Z", "the first report was of another system"));
  if (moved === null) throw new Error("no incident");
  expect(dutyOf(moved, "eu-gdpr-33")?.startedAt).toBe("2026-11-21T16:00:00.000Z");
  expect(moved.duties.starts.map(({ at, before }) => [at, before])).toEqual([
    ["2026-11-20T16:00:00.000Z", null],
    ["2026-11-19T16:00:00.000Z", "2026-11-20T16:00:00.000Z"],
    ["2026-11-21T16:00:00.000Z", "2026-11-19T16:00:00.000Z"],
  ]);
});

test("whatever is recorded in whatever order, without a reason the time that stands is never later than one that stood before", () => {
  const hours = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(hours, (given) => {
      let incident = after(markets("SE"));
      let earliest = Infinity;
      for (const ago of given) {
        const atMs = nowMs - ago * hourMs;
        try {
          incident = run(incident, aware(new Date(atMs).toISOString())) ?? incident;
        } catch (error) {
          expect(error).toBeInstanceOf(ResponseError);
        }
        earliest = Math.min(earliest, atMs);
        const stands = Date.parse(standingStart(incident.duties, "awareness")?.at ?? "");
        expect(stands).toBe(earliest);
      }
    }),
    { numRuns: 50 },
  );
});

test("what has not come yet is not recorded", () => {
  const incident = after(markets("SE"));
  expect(refusal(() => run(incident, aware("2026-11-23T12:00:00.001Z")))).toMatch(/has not come yet/);
  expect(refusal(() => run(incident, done("eu-gdpr-33", "2026-11-24T00:00:00Z")))).toMatch(
    /has not come yet/,
  );
});

test("a duty is done with a reference, and starts the one that comes after it", () => {
  const incident = after(
    markets("NL"),
    aware("2026-11-20T16:00:00Z"),
    done("eu-nis2-notification", "2026-11-22T09:00:00Z"),
  );
  expect(dutyOf(incident, "eu-nis2-notification")).toMatchObject({
    status: "done",
    doneAt: "2026-11-22T09:00:00.000Z",
  });
  expect(dutyOf(incident, "eu-nis2-final")).toMatchObject({ status: "running", lastDay: "2026-12-22" });
  expect(refusal(() => run(incident, done("eu-nis2-notification", "2026-11-22T10:00:00Z")))).toMatch(
    /is done at/,
  );
  const blank = done("eu-gdpr-33", "2026-11-22T09:00:00Z", " ");
  expect(refusal(() => run(incident, blank))).toMatch(/^ERR_TEXT: the reference is blank/);
});

test("that a duty does not apply is an approver's word with a reason, and can be taken back with one", () => {
  const incident = after(markets("NL"), aware("2026-11-20T16:00:00Z"));
  const waive: IncidentCommand = {
    kind: "waive-duty",
    rule: "eu-nis2-warning",
    because: "no essential entity",
    name: "Ana",
  };
  expect(refusal(() => run(incident, waive, "grace"))).toMatch(/^ERR_ROLE/);
  const waived = run(incident, waive);
  expect(waived === null ? null : dutyOf(waived, "eu-nis2-warning")).toMatchObject({
    status: "waived",
    waivedBecause: "no essential entity",
  });
  const again = run(waived, { kind: "reopen-duty", rule: "eu-nis2-warning", because: "it is one" });
  expect(again === null ? null : dutyOf(again, "eu-nis2-warning")?.status).toBe("overdue");
});

test("only who works on the incident records anything: no viewer, no administrator, and nothing is noted by a person", () => {
  const incident = after(markets("SE"), aware("2026-11-20T16:00:00Z"));
  for (const who of ["vera", "adam"])
    expect(refusal(() => run(incident, aware("2026-11-20T15:00:00Z"), who))).toMatch(/^ERR_ROLE/);
  const note: IncidentCommand = { kind: "note-duty", rule: "eu-gdpr-33", what: "soon" };
  expect(refusal(() => run(incident, note, "ana"))).toMatch(/^ERR_ROLE/);
});

test("it is noted once for each deadline that a duty is due soon, and overdue, and only when it is so", () => {
  const incident = after(markets("SE"), aware("2026-11-20T16:00:00Z"));
  const soon: IncidentCommand = { kind: "note-duty", rule: "eu-gdpr-33", what: "soon" };
  const over: IncidentCommand = { kind: "note-duty", rule: "eu-gdpr-33", what: "overdue" };
  expect(refusal(() => run(incident, over, "cordon"))).toMatch(/is not overdue/);
  const noted = run(incident, soon, "cordon");
  expect(refusal(() => run(noted, soon, "cordon"))).toMatch(/^ERR_EXISTS/);
  const late = run(noted, over, "cordon", nowMs + 5 * hourMs);
  expect(late?.duties.noted.map(({ what, dueAt }) => [what, dueAt])).toEqual([
    ["soon", "2026-11-23T16:00:00.000Z"],
    ["overdue", "2026-11-23T16:00:00.000Z"],
  ]);
});

test("an extension and a standstill need a rule that knows them", () => {
  const incident = after(markets("SE", "US-CA"), aware("2026-11-20T16:00:00Z"));
  const until = "2026-11-25T00:00:00Z";
  expect(
    refusal(() => run(incident, { kind: "extend-duty", rule: "eu-nis2-warning", until, because: "x" })),
  ).toMatch(/knows no extension/);
  const extended = run(incident, { kind: "extend-duty", rule: "eu-gdpr-33", until, because: "logs" });
  expect(extended === null ? null : dutyOf(extended, "eu-gdpr-33")?.dueAt).toBe("2026-11-25T00:00:00.000Z");
  const toll = { kind: "toll-duty", from: "2026-11-21T00:00:00Z", to: null, because: "asked" } as const;
  expect(refusal(() => run(incident, { ...toll, rule: "eu-gdpr-33" }))).toMatch(/does not stand still/);
});

test("what was recorded of a rule that a newer pack no longer has is named, and breaks nothing", () => {
  const incident = after(markets("SE"), done("eu-gdpr-33", "2026-11-22T09:00:00Z"));
  const [first] = cordonRules.rules.filter(({ id }) => id === "eu-gdpr-34");
  const pack = parseRulePack({ version: "own", rules: [JSON.parse(JSON.stringify(first))] });
  const found = dutiesOfIncident({ pack, calendars: cordonHolidays }, incident, nowMs);
  expect(found.unknownRules).toEqual(["eu-gdpr-33"]);
  expect(found.duties.map(({ rule }) => rule.id)).toEqual(["eu-gdpr-34"]);
});

test("a duty of a market that is not concerned, or of no rule, is refused", () => {
  const incident = after(markets("SE"));
  expect(refusal(() => run(incident, done("gb-gdpr-33", "2026-11-22T09:00:00Z")))).toMatch(
    /is not concerned/,
  );
  expect(refusal(() => run(incident, done("xx", "2026-11-22T09:00:00Z")))).toMatch(/there is no rule `xx`/);
  expect(refusal(() => run(incident, markets("se")))).toMatch(/`se` is no market/);
});
