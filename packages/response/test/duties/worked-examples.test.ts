import { expect, test } from "vitest";
import {
  cordonHolidays,
  cordonRules,
  dutiesOf,
  parseDutyIncident,
  type Duty,
  type StartEvent,
} from "../../src/index.ts";

/** The duty of one rule, for one start event. */
function duty(rule: string, market: string, start: { event?: StartEvent; done?: string; at: string }): Duty {
  const incident = parseDutyIncident({
    markets: [market],
    events: start.event === undefined ? [] : [{ event: start.event, at: start.at }],
    done: start.done === undefined ? [] : [{ rule: start.done, at: start.at }],
  });
  const found = dutiesOf(cordonRules, cordonHolidays, incident, Date.parse(start.at)).find(
    (one) => one.rule.id === rule,
  );
  if (found === undefined) throw new Error(`no duty ${rule}`);
  return found;
}

type Example = readonly [
  what: string,
  rule: string,
  market: string,
  start: StartEvent | { readonly done: string },
  at: string,
  dueAt: string | null,
  lastDay: string | null,
];

// Each line is worked out by hand; how the law counts is in the third column of docs/reference/duties.md, with its source.
const examples: readonly Example[] = [
  [
    "EU: 72 hours run through a weekend",
    "eu-gdpr-33",
    "DE",
    "awareness",
    "2026-11-20T16:00:00Z",
    "2026-11-23T16:00:00Z",
    "2026-11-23",
  ],
  [
    "EU: 72 hours are elapsed hours when clocks go back",
    "eu-gdpr-33",
    "FR",
    "awareness",
    "2026-10-24T10:00:00Z",
    "2026-10-27T10:00:00Z",
    "2026-10-27",
  ],
  [
    "EU: and when they go forward",
    "eu-gdpr-33",
    "PL",
    "awareness",
    "2026-03-28T10:00:00Z",
    "2026-03-31T10:00:00Z",
    "2026-03-31",
  ],
  [
    "EU: Christmas does not stop hours",
    "eu-gdpr-33",
    "IT",
    "awareness",
    "2026-12-24T20:00:00Z",
    "2026-12-27T20:00:00Z",
    "2026-12-27",
  ],
  ["EU: people without a number", "eu-gdpr-34", "SE", "awareness", "2026-11-20T16:00:00Z", null, null],
  [
    "EU NIS2: 24 hours",
    "eu-nis2-warning",
    "NL",
    "awareness",
    "2026-11-21T23:59:00Z",
    "2026-11-22T23:59:00Z",
    "2026-11-23",
  ],
  [
    "EU NIS2: one month after the notification, in a short month",
    "eu-nis2-final",
    "NL",
    { done: "eu-nis2-notification" },
    "2026-01-31T12:00:00Z",
    "2026-02-28T23:00:00Z",
    "2026-02-28",
  ],
  [
    "GB: 72 hours",
    "gb-gdpr-33",
    "GB",
    "awareness",
    "2026-11-20T16:00:00Z",
    "2026-11-23T16:00:00Z",
    "2026-11-23",
  ],
  [
    "GB PECR: 24 hours before 20 August 2025",
    "gb-pecr-24h",
    "GB",
    "awareness",
    "2025-08-19T22:00:00Z",
    "2025-08-20T22:00:00Z",
    "2025-08-20",
  ],
  [
    "GB PECR: 72 hours since, London time decides which",
    "gb-pecr-72h",
    "GB",
    "awareness",
    "2025-08-19T23:30:00Z",
    "2025-08-22T23:30:00Z",
    "2025-08-23",
  ],
  [
    "US SEC: four business days from a Friday over Thanksgiving",
    "us-sec-8k-105",
    "US",
    "materiality",
    "2026-11-20T21:00:00Z",
    "2026-11-27T22:30:00Z",
    "2026-11-27",
  ],
  [
    "US SEC: determined on a Saturday",
    "us-sec-8k-105",
    "US",
    "materiality",
    "2026-11-14T15:00:00Z",
    "2026-11-19T22:30:00Z",
    "2026-11-19",
  ],
  [
    "US SEC: a Sunday in New York is Monday in Europe",
    "us-sec-8k-105",
    "US",
    "materiality",
    "2026-03-02T04:59:00Z",
    "2026-03-05T22:30:00Z",
    "2026-03-05",
  ],
  [
    "US SEC: clocks go forward in between",
    "us-sec-8k-105",
    "US",
    "materiality",
    "2026-03-05T15:00:00Z",
    "2026-03-11T21:30:00Z",
    "2026-03-11",
  ],
  [
    "US SEC: a holiday that is kept on another day",
    "us-sec-8k-105",
    "US",
    "materiality",
    "2026-07-01T15:00:00Z",
    "2026-07-08T21:30:00Z",
    "2026-07-08",
  ],
  [
    "IN CERT-In: six hours over midnight",
    "in-cert-in",
    "IN",
    "awareness",
    "2026-11-23T16:00:00Z",
    "2026-11-23T22:00:00Z",
    "2026-11-24",
  ],
  [
    "IN DPDP: 72 hours",
    "in-dpdp-board-details",
    "IN",
    "awareness",
    "2027-06-01T00:00:00Z",
    "2027-06-04T00:00:00Z",
    "2027-06-04",
  ],
  [
    "BR: three business days, aware at 23:59 before a holiday and a weekend",
    "br-anpd",
    "BR",
    "awareness",
    "2026-11-20T02:59:00Z",
    "2026-11-26T03:00:00Z",
    "2026-11-25",
  ],
  [
    "BR: one minute later it is the holiday, and the count is the same",
    "br-individuals",
    "BR",
    "awareness",
    "2026-11-20T03:00:00Z",
    "2026-11-26T03:00:00Z",
    "2026-11-25",
  ],
  [
    "BR: twenty business days after the communication, over Christmas and New Year",
    "br-anpd-supplement",
    "BR",
    { done: "br-anpd" },
    "2026-12-10T15:00:00Z",
    "2027-01-12T03:00:00Z",
    "2027-01-11",
  ],
  [
    "JP: three days, the day of the event not counted",
    "jp-appi-prompt",
    "JP",
    "awareness",
    "2026-11-20T14:59:00Z",
    "2026-11-23T15:00:00Z",
    "2026-11-23",
  ],
  [
    "JP: aware at 23:59 in London is the next day in Tokyo",
    "jp-appi-prompt",
    "JP",
    "awareness",
    "2026-11-20T23:59:00Z",
    "2026-11-24T15:00:00Z",
    "2026-11-24",
  ],
  [
    "JP: the final report",
    "jp-appi-final",
    "JP",
    "awareness",
    "2026-11-20T00:00:00Z",
    "2026-12-20T15:00:00Z",
    "2026-12-20",
  ],
  [
    "KR: 72 hours to each",
    "kr-pipa-individuals",
    "KR",
    "awareness",
    "2026-11-20T16:00:00Z",
    "2026-11-23T16:00:00Z",
    "2026-11-24",
  ],
  [
    "CN: four hours",
    "cn-cac-operator",
    "CN",
    "awareness",
    "2026-11-20T22:00:00Z",
    "2026-11-21T02:00:00Z",
    "2026-11-21",
  ],
  [
    "SG: three calendar days after the assessment, made at 23:59 in New York",
    "sg-pdpa-notify",
    "SG",
    "assessment",
    "2026-12-01T04:59:00Z",
    "2026-12-04T16:00:00Z",
    "2026-12-04",
  ],
  [
    "SG: a weekend counts",
    "sg-pdpa-notify",
    "SG",
    "assessment",
    "2026-11-20T01:00:00Z",
    "2026-11-23T16:00:00Z",
    "2026-11-23",
  ],
  [
    "AU: thirty days to assess, clocks go back in between",
    "au-ndb-assess",
    "AU",
    "suspicion",
    "2026-03-20T00:00:00Z",
    "2026-04-19T14:00:00Z",
    "2026-04-19",
  ],
  ["CA: as soon as feasible", "ca-pipeda-opc", "CA", "determination", "2026-03-20T00:00:00Z", null, null],
  [
    "MY: 72 hours",
    "my-pdpa",
    "MY",
    "awareness",
    "2026-11-20T16:00:00Z",
    "2026-11-23T16:00:00Z",
    "2026-11-23",
  ],
  [
    "ID: three times 24 hours",
    "id-pdp",
    "ID",
    "awareness",
    "2026-11-20T16:00:00Z",
    "2026-11-23T16:00:00Z",
    "2026-11-23",
  ],
  [
    "US-CO: thirty days, determined at 23:59 in Los Angeles",
    "us-co-individuals",
    "US-CO",
    "determination",
    "2026-04-01T06:59:00Z",
    "2026-05-02T06:00:00Z",
    "2026-05-01",
  ],
  [
    "US-NY: thirty days over the end of summer time",
    "us-ny-individuals",
    "US-NY",
    "determination",
    "2026-10-15T12:00:00Z",
    "2026-11-15T05:00:00Z",
    "2026-11-14",
  ],
  [
    "US-TX: sixty days",
    "us-tx-individuals",
    "US-TX",
    "determination",
    "2026-11-20T12:00:00Z",
    "2027-01-20T06:00:00Z",
    "2027-01-19",
  ],
  [
    "US-OH: forty-five days",
    "us-oh-individuals",
    "US-OH",
    "determination",
    "2026-11-20T12:00:00Z",
    "2027-01-05T05:00:00Z",
    "2027-01-04",
  ],
  [
    "US-CA: the attorney general fifteen days after the people",
    "us-ca-ag",
    "US-CA",
    { done: "us-ca-individuals" },
    "2026-11-20T12:00:00Z",
    "2026-12-06T08:00:00Z",
    "2026-12-05",
  ],
];

test.each(examples)("%s", (_what, rule, market, start, at, dueAt, lastDay) => {
  const found = duty(rule, market, typeof start === "string" ? { event: start, at } : { ...start, at });
  const iso = (text: string | null) => (text === null ? null : new Date(text).toISOString());
  expect({ dueAt: iso(found.dueAt), lastDay: found.lastDay }).toEqual({ dueAt: iso(dueAt), lastDay });
  expect(found.rule.source.title).not.toBe("");
});

test("every market of the pack has a worked example", () => {
  const shown = new Set(examples.map(([, rule]) => cordonRules.rules.find(({ id }) => id === rule)?.market));
  const markets = new Set(cordonRules.rules.map(({ market }) => (market.startsWith("US-") ? "US-" : market)));
  for (const market of markets)
    expect(
      [...shown].some((one) => one?.startsWith(market)),
      market,
    ).toBe(true);
});

test("days that are left out are named, with why", () => {
  expect(duty("br-anpd", "BR", { event: "awareness", at: "2026-11-20T02:59:00Z" }).skipped).toEqual([
    { date: "2026-11-20", because: "Consciência Negra" },
    { date: "2026-11-21", because: "Saturday" },
    { date: "2026-11-22", because: "Sunday" },
  ]);
});

test("outside the years of a holiday calendar it says so, and counts no day out that it does not know", () => {
  const later = duty("us-sec-8k-105", "US", { event: "materiality", at: "2031-12-23T15:00:00Z" });
  expect(later).toMatchObject({ holidaysKnown: false, lastDay: "2031-12-29" });
  expect(
    duty("us-sec-8k-105", "US", { event: "materiality", at: "2026-11-20T21:00:00Z" }).holidaysKnown,
  ).toBe(true);
});

/** A day as another calendar than Cordon's own has it: `2026-11-23`. */
function localDay(ms: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(ms);
}

function plusDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

const instants = [
  ["a Friday at 23:59 in Los Angeles", "2026-11-21T07:59:00Z"],
  ["a Sunday at 23:59 in Auckland", "2026-11-22T10:59:00Z"],
  ["the night in which clocks go forward in Europe", "2027-03-28T00:30:00Z"],
  ["the night in which clocks go back in New York", "2026-11-01T05:30:00Z"],
  ["a leap day", "2028-02-29T12:00:00Z"],
  ["New Year's Eve", "2026-12-31T23:59:00Z"],
] as const;

test.each(instants)("each rule of each market with a number, from %s", (_what, at) => {
  const atMs = Date.parse(at);
  for (const { id, clock, timeZone, market, start, effectiveFrom, effectiveTo } of cordonRules.rules) {
    const day = localDay(atMs, timeZone);
    const isInForce = (effectiveFrom ?? "") <= day && (effectiveTo === null || day < effectiveTo);
    if (!isInForce || (clock.unit !== "hours" && clock.unit !== "calendar-days")) continue;
    const found = duty(id, market, { ...("event" in start ? start : { done: start.after }), at });
    const dueMs = Date.parse(found.dueAt ?? "");
    if (clock.unit === "hours") {
      expect(dueMs - atMs, id).toBe(clock.count * 3_600_000);
      expect(found.lastDay, id).toBe(localDay(dueMs - 1, timeZone));
      continue;
    }
    const lastDay = plusDays(day, clock.count);
    expect(found.lastDay, id).toBe(lastDay);
    // In time until its very end, too late with the first moment of the next.
    expect(localDay(dueMs - 1, timeZone), id).toBe(lastDay);
    expect(localDay(dueMs, timeZone), id).toBe(plusDays(lastDay, 1));
  }
});
