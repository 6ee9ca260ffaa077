import fc from "fast-check";
import { expect, test } from "vitest";
import {
  article33Draft,
  cordonHolidays,
  cordonRules,
  dutiesOf,
  parseDutyIncident,
  parseRulePack,
  type Duty,
} from "../../src/index.ts";

const hourMs = 3_600_000;
const awareAt = "2026-11-20T16:00:00Z";
const awareMs = Date.parse(awareAt);

function duties(incident: object, nowMs = awareMs + hourMs): readonly Duty[] {
  return dutiesOf(cordonRules, cordonHolidays, parseDutyIncident({ markets: ["DE"], ...incident }), nowMs);
}

function the(rule: string, incident: object, nowMs?: number): Duty {
  const found = duties(incident, nowMs).find((one) => one.rule.id === rule);
  if (found === undefined) throw new Error(`no duty ${rule}`);
  return found;
}

const aware = { events: [{ event: "awareness", at: awareAt }] };

test("no rule is called verified that nobody held against the law itself", () => {
  for (const { state, source, verifiedOn } of cordonRules.rules) {
    if (state !== "verified") continue;
    expect(["law", "authority"]).toContain(source.read);
    expect(verifiedOn).not.toBeNull();
  }
  const states = Object.groupBy(cordonRules.rules, ({ state }) => state);
  expect(states.verified ?? []).toEqual([]);
  expect(states.conflict?.map(({ id }) => id).toSorted()).toEqual([
    "jp-appi-prompt",
    ...["ca", "ia", "in", "me", "mi", "ny"].map((state) => `us-${state}-individuals`),
  ]);
});

test("a countdown: what is left, and negative once it is overdue", () => {
  expect(the("eu-gdpr-33", aware, awareMs + hourMs)).toMatchObject({
    status: "running",
    leftMs: 71 * hourMs,
  });
  expect(the("eu-gdpr-33", aware, awareMs + 72 * hourMs)).toMatchObject({ status: "overdue", leftMs: 0 });
  expect(the("eu-gdpr-33", aware, awareMs + 80 * hourMs)).toMatchObject({
    status: "overdue",
    leftMs: -8 * hourMs,
  });
});

test("what has not started waits, and says for what", () => {
  expect(the("eu-gdpr-33", {})).toMatchObject({ status: "waiting", waitsFor: "awareness", leftMs: null });
  expect(the("eu-nis2-final", aware)).toMatchObject({ status: "waiting", waitsFor: "eu-nis2-notification" });
});

test("the earliest awareness counts: a later one takes nothing back", () => {
  const twice = { events: [{ event: "awareness", at: "2026-11-22T00:00:00Z" }, ...aware.events] };
  expect(the("eu-gdpr-33", twice).startedAt).toBe("2026-11-20T16:00:00.000Z");
});

test("done in time, done late, and an assessment that is met by its event", () => {
  const done = (at: string) => ({ ...aware, done: [{ rule: "eu-gdpr-33", at }] });
  expect(the("eu-gdpr-33", done("2026-11-23T15:59:59.999Z"))).toMatchObject({ status: "done", leftMs: null });
  expect(the("eu-gdpr-33", done("2026-11-23T16:00:00Z"))).toMatchObject({ status: "done-late" });
  const assessed = {
    markets: ["SG"],
    events: [
      { event: "suspicion", at: "2026-11-01T00:00:00Z" },
      { event: "assessment", at: "2026-11-10T00:00:00Z" },
    ],
  };
  expect(the("sg-pdpa-assess", assessed).status).toBe("done");
  expect(the("sg-pdpa-notify", assessed).startedAt).toBe("2026-11-10T00:00:00.000Z");
});

test("an extension needs a reason and a rule that knows one, and only gives more time", () => {
  const extended = (until: string, rule = "eu-gdpr-33") => ({
    ...aware,
    extensions: [{ rule, until, because: "the logs of one region arrive on Tuesday" }],
  });
  expect(the("eu-gdpr-33", extended("2026-11-25T00:00:00Z"))).toMatchObject({
    dueAt: "2026-11-25T00:00:00.000Z",
    lastDay: "2026-11-25",
    extended: { because: "the logs of one region arrive on Tuesday" },
  });
  expect(the("eu-gdpr-33", extended("2026-11-21T00:00:00Z")).dueAt).toBe("2026-11-23T16:00:00.000Z");
  expect(() => duties(extended("2026-11-25T00:00:00Z", "eu-nis2-warning"))).toThrow("knows no extension");
  expect(() =>
    duties({ ...aware, extensions: [{ rule: "eu-gdpr-33", until: "2026-11-25T00:00:00Z", because: "" }] }),
  ).toThrow(expect.objectContaining({ path: ["extensions", 0, "because"] }));
});

test("a clock that law enforcement stops stands still, overlapping times once, and goes on", () => {
  const incident = (to: string | null) => ({
    markets: ["US-TX"],
    events: [{ event: "determination", at: "2026-11-01T12:00:00Z" }],
    tolled: [
      { rule: "us-tx-individuals", from: "2026-11-05T00:00:00Z", to: "2026-11-10T00:00:00Z", because: "FBI" },
      { rule: "us-tx-individuals", from: "2026-11-08T00:00:00Z", to, because: "FBI" },
    ],
  });
  const before = the("us-tx-individuals", { ...incident(null), tolled: [] });
  const now = Date.parse("2026-11-12T00:00:00Z");
  expect(the("us-tx-individuals", incident(null), now)).toMatchObject({
    status: "tolled",
    dueAt: null,
    leftMs: null,
  });
  const after = the("us-tx-individuals", incident("2026-11-11T00:00:00Z"), now);
  expect(after).toMatchObject({ status: "running", tolledMs: 6 * 24 * hourMs });
  expect(Date.parse(after.dueAt ?? "") - Date.parse(before.dueAt ?? "")).toBe(6 * 24 * hourMs);
  expect(() =>
    duties({ ...aware, tolled: [{ rule: "eu-gdpr-33", from: awareAt, to: null, because: "police" }] }),
  ).toThrow("does not stand still");
});

test("a rule that was not in force when its clock started is no duty", () => {
  const india = (at: string) =>
    duties({ markets: ["IN"], events: [{ event: "awareness", at }] }).map(({ rule }) => rule.id);
  expect(india("2026-11-20T00:00:00Z")).not.toContain("in-dpdp-board-details");
  expect(india("2027-11-20T00:00:00Z")).toContain("in-dpdp-board-details");
});

test("a member state has the EU's duties, a state of the US the country's", () => {
  const of = (market: string) => new Set(duties({ markets: [market] }).map(({ rule }) => rule.market));
  expect(of("DE")).toEqual(new Set(["EU"]));
  expect(of("NO")).toEqual(new Set(["EU"]));
  expect(of("GB")).toEqual(new Set(["GB"]));
  expect(of("US-CO")).toEqual(new Set(["US", "US-CO"]));
});

test("the first that is due comes first", () => {
  const left = duties({ markets: ["DE", "IN", "BR"], ...aware }).map(({ leftMs }) => leftMs ?? Infinity);
  expect(left).toEqual(left.toSorted((a, b) => a - b));
});

test("a business day is never a Saturday, a Sunday or a holiday, and there are as many as the rule says", () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.parse("2024-02-01"), max: Date.parse("2029-10-01") }), (startMs) => {
      const found = the("br-anpd", {
        markets: ["BR"],
        events: [
          { event: "awareness", at: new Date(Math.max(startMs, Date.parse("2024-05-01"))).toISOString() },
        ],
      });
      const last = new Date(`${found.lastDay ?? ""}T12:00:00Z`);
      expect([0, 6]).not.toContain(last.getUTCDay());
      const start = new Date(Date.parse(found.startedAt ?? "") - 3 * hourMs).toISOString().slice(0, 10);
      const days = (Date.parse(found.lastDay ?? "") - Date.parse(start)) / (24 * hourMs);
      expect(days - found.skipped.length).toBe(3);
    }),
  );
});

test("wrong input names its place", () => {
  const place = (incident: object) => {
    try {
      duties(incident);
    } catch (error) {
      return (error as { readonly path?: unknown }).path;
    }
    return null;
  };
  expect(place({ events: [{ event: "noticing", at: awareAt }] })).toEqual(["events", 0, "event"]);
  expect(place({ events: [{ event: "awareness", at: "yesterday" }] })).toEqual(["events", 0, "at"]);
  expect(place({ done: [{ rule: "eu-gdpr-99", at: awareAt }] })).toEqual(["done", 0, "rule"]);
  expect(place({ markets: ["Germany"] })).toEqual(["markets", 0]);
  expect(place({ market: [] })).toEqual(["market"]);
});

test("a pack of one's own is read as strictly: no verified rule without the law, no circle, no second id", () => {
  const [first] = cordonRules.rules;
  const pack = (...rules: object[]) => parseRulePack({ version: "mine", rules });
  expect(
    pack({
      ...first,
      state: "verified",
      verifiedOn: "2026-11-23",
      source: { title: "OJ L 119", url: null, read: "law" },
    }).rules,
  ).toHaveLength(1);
  expect(() => pack({ ...first, state: "verified", verifiedOn: "2026-11-23" })).toThrow("verified");
  expect(() => pack({ ...first }, { ...first })).toThrow("second rule");
  expect(() => pack({ ...first, start: { after: first?.id } })).toThrow("circle");
  expect(() => pack({ ...first, timeZone: "Mars/Olympus" })).toThrow("no time zone");
});

test("the draft for an authority says what facts say, names what is missing, and asks for reasons when it is late", () => {
  const facts = {
    controller: "Overture",
    nature: "unauthorised access to internal systems",
    people: { kind: "between", atLeast: 1, atMost: 41 },
    dataClasses: { accessed: ["user.contact.email"], notAccessed: ["user.payment"], unknown: [] },
  };
  const incident = parseDutyIncident({ markets: ["SE"], ...aware, facts });
  const [running] = dutiesOf(cordonRules, cordonHolidays, incident, awareMs).filter(
    ({ rule }) => rule.id === "eu-gdpr-33",
  );
  const [late] = dutiesOf(cordonRules, cordonHolidays, incident, awareMs + 100 * hourMs).filter(
    ({ rule }) => rule.id === "eu-gdpr-33",
  );
  if (running === undefined || late === undefined) throw new Error("no duty");
  const draft = article33Draft(incident, running);
  const textOf = (field: string) => draft.fields.find((one) => one.field === field)?.text;
  expect(textOf("approximate number of data subjects")).toBe("at least 1, at most 41");
  expect(textOf("categories of personal data")).toBe(
    "accessed: user.contact.email; not accessed: user.payment",
  );
  expect(textOf("became aware")).toBe("2026-11-20T16:00:00.000Z");
  expect(draft).toMatchObject({ inPhases: true, reasonsForDelayNeeded: false });
  expect(draft.fields.find(({ field }) => field === "likely consequences")).toMatchObject({
    missing: true,
    text: null,
  });
  expect(article33Draft(incident, late).reasonsForDelayNeeded).toBe(true);
});
