import { isDataClass, parseInstant } from "@cordon/model";
import { addressFault } from "../message/address.ts";
import { NoticeError } from "../errors.ts";
import { causes, stepsDone, type ClaimFact, type MeasureFact, type NoticeFacts } from "./notice-facts.ts";

/** The longest text a fact may hold, in UTF-16 units. */
const textMax = 300;
const listMax = 200;

/**
 * Throws `ERR_NOTICE_FACTS` for facts that no message may carry: a line break or another control character, text that
 * turns the direction of writing, a link that is no http(s) URL or carries a login, an instant that is none, bounds
 * that contradict each other, a class both accessed and not.
 */
export function checkFacts(facts: NoticeFacts): void {
  text("reference", facts.reference);
  text("service", facts.service);
  instant("asOf", facts.asOf);
  optional("discoveredAt", facts.discoveredAt, instant);
  if (facts.cause !== null && !causes.includes(facts.cause)) {
    fail("cause", `is \`${facts.cause.slice(0, 40)}\``, `one of ${causes.join(", ")}`);
  }
  bounded("done", facts.done);
  for (const step of facts.done) {
    if (!stepsDone.includes(step))
      fail("done", `holds \`${step.slice(0, 40)}\``, `one of ${stepsDone.join(", ")}`);
  }
  bounded("judgements", facts.judgements);
  facts.judgements.forEach(({ name }, i) => text(`judgements.${i}.name`, name));
  if (facts.correction !== null) {
    instant("correction.since", facts.correction.since);
    bounded("correction.wrong", facts.correction.wrong);
    if (facts.correction.wrong.length === 0)
      fail("correction.wrong", "is empty", "at least one sentence that was wrong");
  }
  if (facts.claims.length === 0) fail("claims", "is empty", "at least one claim");
  bounded("claims", facts.claims);
  facts.claims.forEach((claim, i) => checkClaim(`claims.${i}`, claim));
  bounded("measures", facts.measures);
  facts.measures.forEach((measure, i) => checkMeasure(`measures.${i}`, measure));
  optional("recoveryPage", facts.recoveryPage, link);
  optional("contact.email", facts.contact.email, email);
  optional("contact.page", facts.contact.page, link);
  optional("publicPage", facts.publicPage, link);
  optional("nextUpdate", facts.nextUpdate, instant);
  text("signature.name", facts.signature.name);
  text("signature.role", facts.signature.role);
}

function checkClaim(key: string, claim: ClaimFact): void {
  text(`${key}.answerDigest`, claim.answerDigest);
  instant(`${key}.window.from`, claim.window.from);
  instant(`${key}.window.to`, claim.window.to);
  optional(`${key}.firstAccess`, claim.firstAccess, instant);
  optional(`${key}.lastAccess`, claim.lastAccess, instant);
  const { kind, atLeast, atMost, named } = claim.people;
  for (const [name, count] of Object.entries({ atLeast, atMost, named, ...claim.effects })) {
    if (!Number.isSafeInteger(count) || count < 0) {
      fail(`${key}.${name}`, `is \`${count}\``, "a whole number of people");
    }
  }
  if (atLeast > atMost)
    fail(`${key}.people`, `has \`atLeast\` ${atLeast} over \`atMost\` ${atMost}`, "bounds in order");
  if (named > atMost)
    fail(`${key}.people`, `names ${named} of at most ${atMost}`, "no more named than there are");
  if (kind === "exactly" && (atLeast !== atMost || !claim.coverageComplete)) {
    fail(`${key}.people`, "says `exactly` without equal bounds and complete coverage", "`between`");
  }
  const { accessed, notAccessed, unknown } = claim.dataClasses;
  const all = [...accessed, ...notAccessed, ...unknown];
  bounded(`${key}.dataClasses`, all);
  for (const name of all)
    if (!isDataClass(name)) fail(`${key}.dataClasses`, `holds \`${name}\``, "a data class key");
  if (new Set(all).size !== all.length)
    fail(`${key}.dataClasses`, "names a class twice", "each class in one list");
  bounded(`${key}.assumptions`, claim.assumptions);
  claim.assumptions.forEach((assumption) => text(`${key}.assumptions`, assumption));
}

function checkMeasure(key: string, measure: MeasureFact): void {
  if (measure.platforms !== null) {
    bounded(`${key}.platforms`, measure.platforms);
    measure.platforms.forEach((platform) => text(`${key}.platforms`, platform));
  }
  switch (measure.measure) {
    case "reauthenticate":
    case "change_password":
      return;
    case "upgrade":
      text(`${key}.below`, measure.below);
      optional(`${key}.required`, measure.required, instant);
      bounded(`${key}.stores`, measure.stores);
      for (const { store, available, link: url } of measure.stores) {
        text(`${key}.stores`, store);
        optional(`${key}.stores.${store}.available`, available, instant);
        optional(`${key}.stores.${store}.link`, url, link);
      }
      return;
    case "redownload":
      optional(`${key}.from`, measure.from, text);
      return;
    case "refuse_client":
      bounded(`${key}.trusted`, measure.trusted);
      measure.trusted.forEach((store) => text(`${key}.trusted`, store));
  }
}

function fail(key: string, what: string, expected: string): never {
  throw new NoticeError("ERR_NOTICE_FACTS", `\`${key}\` ${what}, expected ${expected}`);
}

function optional(key: string, value: string | null, check: (key: string, value: string) => void): void {
  if (value !== null) check(key, value);
}

function bounded(key: string, list: readonly unknown[]): void {
  if (list.length > listMax) fail(key, `has ${list.length} entries`, `at most ${listMax}`);
}

// Of the format characters only the joiners that Persian and Indic names need (U+200C, U+200D) may stand in a text.
const unprintable = /[\p{Cc}\u2028\u2029]|(?![\u200c\u200d])\p{Cf}/u;

function text(key: string, value: string): void {
  if (value.trim() === "") fail(key, "is empty", "text");
  if (value.length > textMax) fail(key, `has ${value.length} characters`, `at most ${textMax}`);
  // Control characters would break a header (CR, LF) or the reader's terminal; bidi controls turn the direction of writing
  // and can make a text read as another one; what has no width hides in it; a lone surrogate is no text.
  if (unprintable.test(value) || !value.isWellFormed()) {
    fail(key, "holds a control character", "one line of plain text");
  }
}

function instant(key: string, value: string): void {
  if (parseInstant(value) === null) fail(key, `is \`${value.slice(0, 40)}\``, "an RFC 3339 time with `Z`");
}

function link(key: string, value: string): void {
  text(key, value);
  const url = URL.parse(value);
  if (url === null || !["https:", "http:"].includes(url.protocol)) fail(key, "is no link", "an http(s) URL");
  if (url.username !== "" || url.password !== "") fail(key, "is a link with a login in it", "one without");
  if (/[\s<>"]/.test(value)) fail(key, "is a link with a space or a bracket in it", "them percent-encoded");
}

function email(key: string, value: string): void {
  text(key, value);
  const fault = addressFault(value);
  if (fault !== null) fail(key, fault, "a plain mailbox");
}
