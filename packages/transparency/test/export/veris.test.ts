import { isJsonObject, type Json } from "@cordon/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventText, parseEventText, verisIncident, verisUnits, type VerisFacts } from "../../src/index.ts";

const facts: VerisFacts = {
  id: "incident/1",
  summary: "unauthorised access to internal company data",
  standing: "Confirmed",
  beganMs: Date.UTC(2014, 4, 20, 3, 15),
  discoveredMs: Date.UTC(2014, 4, 26, 9),
  containedMs: Date.UTC(2014, 4, 27, 12),
  firstAccessMs: Date.UTC(2014, 4, 20, 5, 15),
  dataClasses: {
    accessed: ["user.contact.email", "user.name"],
    notAccessed: ["user.authorization.password", "user.payment"],
    unknown: [],
  },
  accounts: { kind: "exactly", atLeast: 1, atMost: 1 },
  actor: "external",
  action: { kind: "hacking", varieties: ["Use of stolen creds"], vectors: ["Web application"] },
  assets: ["S - Database"],
  discoveredBy: { kind: "internal", variety: "Log review" },
  victim: { countries: ["SE"], industry: "51" },
  answerDigest: `sha256:${"0".repeat(64)}`,
};

const units = ["Seconds", "Minutes", "Hours", "Days", "Weeks", "Months", "Years", "Never", "NA", "Unknown"];
const text = (value: Json | undefined): boolean => typeof value === "string";
const whole = (value: Json | undefined): boolean => Number.isSafeInteger(value);
const oneOf =
  (...values: readonly string[]) =>
  (value: Json | undefined): boolean =>
    typeof value === "string" && values.includes(value);
/** At least one, each once. */
const listOf =
  (item: Check) =>
  (value: Json | undefined): boolean =>
    Array.isArray(value) &&
    value.length > 0 &&
    new Set(value.map((one: Json) => JSON.stringify(one))).size === value.length &&
    value.every((one: Json) => item(one));
type Check = (value: Json | undefined) => boolean;

/** An object with these keys and no others; those that end in `?` may be left out. */
function object(keys: Readonly<Record<string, Check>>): Check {
  return (value) =>
    isJsonObject(value) &&
    Object.keys(value).every((key) => key in keys || `${key}?` in keys) &&
    Object.entries(keys).every(([key, check]) =>
      key.endsWith("?") ? !(key.slice(0, -1) in value) || check(value[key.slice(0, -1)]) : check(value[key]),
    );
}

const span = object({ unit: oneOf(...units), "value?": (value) => typeof value === "number" });
const action = { variety: listOf(text), vector: listOf(text), "notes?": text };
const oneKey =
  (keys: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isJsonObject(value) &&
    Object.keys(value).length === 1 &&
    Object.entries(value).every(([key, one]) => keys[key]?.(one) === true);

/** The names, types and required keys of the VERIS community schema as far as a record of Cordon has them. */
const record: Check = object({
  schema_version: oneOf("1.4.1"),
  incident_id: text,
  summary: text,
  security_incident: oneOf("Confirmed", "Suspected", "Near miss", "False positive"),
  timeline: object({
    incident: object({ year: whole, "month?": whole, "day?": whole, "time?": text }),
    "compromise?": span,
    "exfiltration?": span,
    "discovery?": span,
    "containment?": span,
  }),
  actor: oneKey({
    external: object({ variety: listOf(text), motive: listOf(text), country: listOf(text) }),
    internal: object({ variety: listOf(text), motive: listOf(text) }),
    partner: object({ motive: listOf(text), country: listOf(text) }),
    unknown: object({ "notes?": text }),
  }),
  action: oneKey({
    hacking: object(action),
    malware: object(action),
    social: object({ ...action, target: listOf(text) }),
    misuse: object(action),
    error: object(action),
    physical: object(action),
    unknown: object({ "notes?": text }),
  }),
  asset: object({ assets: listOf(object({ variety: text })), cloud: listOf(text) }),
  attribute: object({
    confidentiality: object({
      data_disclosure: oneOf("Yes", "No", "Potentially", "Unknown"),
      "data?": listOf(
        object({
          variety: oneOf(
            "Bank",
            "Classified",
            "Copyrighted",
            "Credentials",
            "Digital certificate",
            "Internal",
            "Medical",
            "Payment",
            "Personal",
            "Secrets",
            "Source code",
            "System",
            "Virtual currency",
            "Other",
            "Unknown",
          ),
        }),
      ),
      "data_total?": whole,
      "data_victim?": listOf(
        oneOf(
          "Customer",
          "Employee",
          "Partner",
          "Patient",
          "Student",
          "Victim organization",
          "Other",
          "Unknown",
        ),
      ),
    }),
  }),
  discovery_method: oneKey({
    external: object({ variety: listOf(text) }),
    internal: object({ variety: listOf(text) }),
    partner: object({ variety: listOf(text) }),
    unknown: (value) => value === true,
  }),
  victim: object({
    country: listOf((value) => typeof value === "string" && /^([A-Z]{2}|Unknown)$/.test(value)),
    employee_count: text,
    industry: (value) => typeof value === "string" && /^\d{2}-?\d{0,4}$/.test(value),
  }),
  plus: isJsonObject,
});

const confidentiality = (given: VerisFacts): Json | undefined => {
  const { attribute } = verisIncident(given);
  return isJsonObject(attribute) ? attribute["confidentiality"] : undefined;
};

describe("an incident as VERIS 1.4.1", () => {
  it("has the schema's names, and nothing at its root but those", () => {
    expect(record(verisIncident(facts))).toBe(true);
    // The check itself can fail.
    expect(record({ ...verisIncident(facts), more: 1 })).toBe(false);
    expect(record({ ...verisIncident(facts), security_incident: "confirmed" })).toBe(false);
  });

  it("says what was read, by whom it was found, and how long it took", () => {
    expect(verisIncident(facts)).toMatchObject({
      timeline: {
        incident: { year: 2014, month: 5, day: 20, time: "03:15" },
        exfiltration: { unit: "Hours", value: 2 },
        discovery: { unit: "Days", value: 6 },
        containment: { unit: "Days", value: 1 },
      },
      attribute: {
        confidentiality: {
          data_disclosure: "Yes",
          data: [{ variety: "Personal" }],
          data_total: 1,
          data_victim: ["Customer"],
        },
      },
      discovery_method: { internal: { variety: ["Log review"] } },
    });
  });

  it("what VERIS can't say stands in `plus`: bounds, and what was surely not read", () => {
    const { plus } = verisIncident({ ...facts, accounts: { kind: "between", atLeast: 1, atMost: 9 } });
    expect(plus).toMatchObject({
      cordon: {
        accounts: { kind: "between", atLeast: 1, atMost: 9 },
        dataClasses: { notAccessed: ["user.authorization.password", "user.payment"] },
        answerDigest: facts.answerDigest,
      },
    });
  });

  it.each([
    ["user.authorization.password", "Credentials"],
    ["user.payment", "Payment"],
    ["user.financial.credit_card.number", "Payment"],
    ["user.financial.bank_account", "Bank"],
    ["user.health_and_medical", "Medical"],
    ["user.behavior.media_consumption", "Personal"],
    ["username", "Other"],
    ["system.operations", "System"],
  ])("%s is %s", (dataClass, variety) => {
    const given = { ...facts, dataClasses: { ...facts.dataClasses, accessed: [dataClass] } };
    expect(confidentiality(given)).toMatchObject({ data: [{ variety }] });
  });

  it("nothing read is only a `No` when nothing is left open", () => {
    const none = { accessed: [], notAccessed: ["user.name"], unknown: [] };
    const nobody = { kind: "exactly", atLeast: 0, atMost: 0 } as const;
    expect(confidentiality({ ...facts, dataClasses: none, accounts: nobody })).toEqual({
      data_disclosure: "No",
    });
    const open = { ...none, unknown: ["user.name"] };
    expect(confidentiality({ ...facts, dataClasses: open, accounts: nobody })).toEqual({
      data_disclosure: "Potentially",
    });
    const perhaps = { kind: "between", atLeast: 0, atMost: 5 } as const;
    expect(confidentiality({ ...facts, dataClasses: none, accounts: perhaps })).toEqual({
      data_disclosure: "Potentially",
    });
  });

  it("whatever is not known is Unknown, and the record keeps its form", () => {
    const classes = fc.uniqueArray(
      fc.constantFrom("user.name", "user.payment", "user.authorization", "system", "other"),
    );
    const ms = fc.option(fc.integer({ min: 0, max: 4e12 }));
    fc.assert(
      fc.property(
        fc.record({
          beganMs: ms,
          discoveredMs: fc.integer({ min: 0, max: 4e12 }),
          containedMs: ms,
          firstAccessMs: ms,
          accessed: classes,
          open: classes,
          actor: fc.constantFrom("external", "internal", "partner", "unknown"),
          action: fc.option(fc.constantFrom("hacking", "social", "misuse", "error")),
          assets: fc.array(fc.constantFrom("S - Database", "S - Web application")),
          victim: fc.constantFrom(null, { countries: [] }, { countries: ["SE", "SE"] }),
          discoveredBy: fc.constantFrom(null, { kind: "external" }, { kind: "partner", variety: "Audit" }),
          atLeast: fc.nat(),
          more: fc.nat(),
        }),
        ({ accessed, open, action: kind, atLeast, more, ...given }) => {
          const drawn: VerisFacts = {
            ...facts,
            ...given,
            action: kind === null ? null : { kind },
            dataClasses: { accessed, notAccessed: [], unknown: open },
            accounts: { kind: more === 0 ? "exactly" : "between", atLeast, atMost: atLeast + more },
          };
          const told = verisIncident(drawn);
          expect(record(told), JSON.stringify(told)).toBe(true);
          expect(record(parseEventText(eventText(told)))).toBe(true);
        },
      ),
    );
  });

  it("the units are those of VERIS, each longer than the next", () => {
    expect(verisUnits.every(([unit]) => units.includes(unit))).toBe(true);
    expect(verisUnits.every(([, ms], i) => ms > (verisUnits[i + 1]?.[1] ?? 0))).toBe(true);
  });
});
