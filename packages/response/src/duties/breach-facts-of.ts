import { covers } from "@cordon/model";
import {
  standingClaims,
  plansInForce,
  measuresInForce,
  type ClaimState,
  type Incident,
} from "../incident.ts";
import { standingRiskDecisions } from "../risk/risk-decision.ts";
import type { BreachFacts } from "./duty-incident.ts";
import type { Measure } from "../measure.ts";

/**
 * What an authority can be told now, from the claims that hold, the measures that clients meet, the decisions that stand and the
 * newest notice that somebody approved. Of a claim that fell nothing is taken; what nobody has said is null.
 */
export function breachFactsOf(incident: Incident): BreachFacts {
  const claims = holdingClaims(incident);
  const notice = incident.notices.findLast(({ phase }) => phase === "approved" || phase === "sent") ?? null;
  const sender = notice?.factSheet.sender ?? null;
  const words = wordsOf(notice?.manifest?.manifest["words"]);
  const standing = standingRiskDecisions(incident);
  const risk = incident.riskDecisions.filter(({ decisionId }) => standing.has(decisionId));
  const asked = plansInForce(incident).flatMap((plan) => measuresInForce(plan).map(askedBy));
  const ahead = incident.plans
    .filter(({ phase }) => phase === "approved")
    .flatMap(({ measures }) => measures);
  return {
    controller: sender?.service ?? null,
    contact:
      sender === null
        ? null
        : [sender.signature.name, sender.signature.role, sender.contact.email, sender.contact.page]
            .filter((one) => one !== null)
            .join(", "),
    nature: natureOf(incident, claims),
    ...timesOf(incident, claims),
    people: peopleOf(claims),
    peopleCategories: [],
    records: null,
    dataClasses: classesOf(claims),
    cause: words.cause,
    consequences:
      risk.length === 0
        ? null
        : risk.map(({ statement, signed }) => `${statement} (signed by ${signed?.name ?? ""})`).join("; "),
    measuresTaken: [...new Set([...words.done, ...asked])],
    measuresProposed: [...new Set(ahead.map(askedBy))],
    reasonsForDelay: null,
  };
}

/** The claims that a draft may rest on: the newest on each question, as long as no answer contradicts it. */
export function holdingClaims(incident: Incident): ClaimState[] {
  return standingClaims(incident).filter(({ contradicted }) => contradicted === null);
}

function natureOf(incident: Incident, claims: readonly ClaimState[]): string | null {
  const answers = claims.flatMap(({ answerDigest }) => incident.answers.get(answerDigest)?.answer ?? []);
  if (answers.length === 0) return null;
  const did = (effect: "read" | "write" | "delete"): boolean =>
    answers.some(({ effects }) => effects[effect] > 0);
  // GDPR article 4(12): destruction, loss, alteration, unauthorised disclosure of or access to personal data.
  const kinds = [
    ...(did("read") || answers.some(({ dataClasses }) => dataClasses.accessed.length > 0)
      ? ["unauthorised access to personal data"]
      : []),
    ...(did("write") ? ["alteration of personal data"] : []),
    ...(did("delete") ? ["destruction of personal data"] : []),
  ];
  return kinds.length === 0 ? "no access to personal data is shown by the logs" : kinds.join(", ");
}

/** First and last access that is sure; the windows that were looked at where there is none. */
function timesOf(incident: Incident, claims: readonly ClaimState[]): Pick<BreachFacts, "from" | "to"> {
  const answers = claims.flatMap(({ answerDigest }) => incident.answers.get(answerDigest)?.answer ?? []);
  const firsts = answers.flatMap(({ firstAccess }) => firstAccess ?? []).sort();
  const lasts = answers.flatMap(({ lastAccess }) => lastAccess ?? []).sort();
  return { from: firsts[0] ?? null, to: lasts.at(-1) ?? null };
}

/** Of several claims nobody knows how far their people are the same. */
function peopleOf(claims: readonly ClaimState[]): BreachFacts["people"] {
  const [first, ...others] = claims;
  if (first === undefined) return null;
  if (others.length === 0) return { ...first.accounts };
  const atLeast = Math.max(...claims.map(({ accounts }) => accounts.atLeast));
  const atMost = claims.reduce((sum, { accounts }) => sum + accounts.atMost, 0);
  return { kind: "between", atLeast, atMost };
}

/** "Not accessed" only where no claim leaves it open. */
function classesOf(claims: readonly ClaimState[]): BreachFacts["dataClasses"] {
  if (claims.length === 0) return null;
  const all = (list: "accessed" | "notAccessed" | "unknown"): string[] => [
    ...new Set(claims.flatMap(({ dataClasses }) => dataClasses[list])),
  ];
  const accessed = all("accessed").sort();
  const isIn = (name: string, names: readonly string[]): boolean =>
    names.some((one) => covers(one, name) || covers(name, one));
  const unknown = all("unknown")
    .filter((name) => !accessed.includes(name))
    .sort();
  const notAccessed = all("notAccessed")
    .filter((name) => !isIn(name, accessed) && !isIn(name, unknown))
    .sort();
  return { accessed, notAccessed, unknown };
}

function askedBy({ measure }: Measure): string {
  return `people are asked: ${measure.replaceAll("_", " ")}`;
}

/** Of the notice's approved words: those that are keys of a list. Notices of before there were words have none. */
function wordsOf(recorded: unknown): { readonly cause: string | null; readonly done: readonly string[] } {
  if (typeof recorded !== "object" || recorded === null) return { cause: null, done: [] };
  const { cause, done } = recorded as { readonly cause?: unknown; readonly done?: unknown };
  const plain = (key: string): string => key.replaceAll("_", " ");
  return {
    cause: typeof cause === "string" ? plain(cause) : null,
    done: Array.isArray(done) ? done.filter((one): one is string => typeof one === "string").map(plain) : [],
  };
}
