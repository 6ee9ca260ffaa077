import type { Incident } from "../incident.ts";
import type { DutyEventData } from "./duty-event.ts";
import type { DutyLog } from "./duty-state.ts";

type DutyEvent = {
  readonly [T in keyof DutyEventData]: { readonly type: T; readonly data: DutyEventData[T] };
}[keyof DutyEventData];

export function evolveDuty(incident: Incident, event: DutyEvent, atMs: number): Incident {
  const told = { by: event.data.by, atMs, ...wordsOf(event) };
  const { duties } = incident;
  return { ...incident, duties: { ...changed(duties, event, atMs), told: [...duties.told, told] } };
}

function changed(duties: DutyLog, event: DutyEvent, atMs: number): DutyLog {
  const step = { by: event.data.by, atMs };
  switch (event.type) {
    case "duty-markets-set":
      return { ...duties, markets: event.data.markets };
    case "duty-event-recorded": {
      const { event: kind, at, before, name, because } = event.data;
      return { ...duties, starts: [...duties.starts, { ...step, event: kind, at, before, name, because }] };
    }
    case "duty-done": {
      const { rule, at, reference, authority, name } = event.data;
      const done = { ...step, outcome: "done" as const, at, reference, authority, name };
      return { ...duties, settled: new Map([...duties.settled, [rule, done]]) };
    }
    case "duty-waived": {
      const { rule, because, name } = event.data;
      const waived = { ...step, outcome: "not-applicable" as const, because, name };
      return { ...duties, settled: new Map([...duties.settled, [rule, waived]]) };
    }
    case "duty-reopened": {
      const settled = new Map(duties.settled);
      settled.delete(event.data.rule);
      return { ...duties, settled };
    }
    case "duty-extended": {
      const { rule, until, because } = event.data;
      return { ...duties, extensions: [...duties.extensions, { ...step, rule, until, because }] };
    }
    case "duty-tolled": {
      const { rule, from, to, because } = event.data;
      // An open end is closed by saying anew from when until when.
      const others = duties.standstills.filter((one) => one.rule !== rule || one.from !== from);
      return { ...duties, standstills: [...others, { ...step, rule, from, to, because }] };
    }
    case "duty-due-soon":
    case "duty-overdue": {
      const { rule, dueAt } = event.data;
      const what = event.type === "duty-overdue" ? ("overdue" as const) : ("soon" as const);
      return { ...duties, noted: [...duties.noted, { ...step, rule, what, dueAt }] };
    }
  }
}

function wordsOf(event: DutyEvent): { readonly what: string; readonly rule: string | null } {
  switch (event.type) {
    case "duty-markets-set": {
      const { markets, because } = event.data;
      const what = `markets concerned: ${markets.length === 0 ? "none" : markets.join(", ")}`;
      return { what: because === null ? what : `${what}: ${because}`, rule: null };
    }
    case "duty-event-recorded": {
      const { event: kind, at, before, name, because } = event.data;
      const moved = before === null ? "" : `, until now ${before}`;
      const why = because === null ? "" : `: ${because}`;
      return { what: `${kind} at ${at}, as ${name} decided${moved}${why}`, rule: null };
    }
    case "duty-done": {
      const { rule, at, reference, authority, name } = event.data;
      const whom = authority === null ? "" : `, ${authority} told`;
      return { what: `duty ${rule} done at ${at}${whom} by ${name}: ${reference}`, rule };
    }
    case "duty-waived": {
      const { rule, because, name } = event.data;
      return { what: `duty ${rule} does not apply, as ${name} decided: ${because}`, rule };
    }
    case "duty-reopened":
      return { what: `duty ${event.data.rule} open again: ${event.data.because}`, rule: event.data.rule };
    case "duty-extended": {
      const { rule, until, because } = event.data;
      return { what: `duty ${rule} extended until ${until}: ${because}`, rule };
    }
    case "duty-tolled": {
      const { rule, from, to, because } = event.data;
      const end = to === null ? "until further notice" : `until ${to}`;
      return { what: `clock of duty ${rule} stands still from ${from} ${end}: ${because}`, rule };
    }
    case "duty-due-soon":
      return { what: `duty ${event.data.rule} is due ${event.data.dueAt}`, rule: event.data.rule };
    case "duty-overdue":
      return { what: `duty ${event.data.rule} was due ${event.data.dueAt}`, rule: event.data.rule };
  }
}
