import { englishDataClass, englishPlatform, englishStore } from "./english-words.ts";
import type { Phrases } from "./phrases.ts";

const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

function two(number: number): string {
  return String(number).padStart(2, "0");
}

/** `20 May 2014, 14:03 UTC`. */
function time(instant: string): string {
  const date = new Date(instant);
  const month = months[date.getUTCMonth()] ?? "";
  return `${date.getUTCDate()} ${month} ${date.getUTCFullYear()}, ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`;
}

function users(count: number): string {
  if (count === 1) return "one user";
  return `${String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ",")} users`;
}

/** "over the next 3 days"; the number is rounded up, so that nobody is promised an earlier end. */
function spread(spreadMs: number | null): string {
  const hour = 3_600_000;
  if (spreadMs === null || spreadMs < hour) return "";
  if (spreadMs < 48 * hour) return ` over the next ${Math.max(2, Math.ceil(spreadMs / hour))} hours`;
  return ` over the next ${Math.ceil(spreadMs / (24 * hour))} days`;
}

function on(platforms: string | null): string {
  return platforms === null ? "" : ` on ${platforms}`;
}

const assumptions: Readonly<Record<string, string>> = {
  "doors-complete": "that the logs that we examined watch every way to this data",
  "suspects-complete": "that we know every identity that the intruder used",
  "logs-not-writable-by-suspects": "that the intruder could not alter those logs",
};

function list(items: readonly string[]): string {
  const last = items.at(-1);
  if (last === undefined) return "";
  return items.length === 1 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}

export const english: Phrases = {
  locale: "en",
  subjectAffected: (service, reference) => `${service}: data of your account was accessed [${reference}]`,
  subjectGeneral: (service, reference) => `${service}: about a security incident [${reference}]`,
  greeting: "Hello,",
  headings: {
    happened: "What happened",
    yourData: "Your data",
    data: "Which data",
    doing: "What we ask of you",
    need: "What you should do",
    needNot: "What you do not need to do",
    backIn: "If you cannot sign in",
    more: "Contact and further information",
  },
  discovered: (service, at) =>
    at === null
      ? `There has been unauthorised access to internal systems of ${service}.`
      : `On ${time(at)} we became aware of unauthorised access to internal systems of ${service}.`,
  yourAccountAccessed:
    "We are writing to you personally because our evidence shows that data of your account was accessed.",
  yourAccountAmongAccessed:
    "We are writing to you personally because our evidence shows that your account is among those whose data was accessed.",
  looked: (from, to) => `We examined our logs for the time from ${time(from)} to ${time(to)}.`,
  people: ({ kind, atLeast, atMost }) => {
    if (atMost === 0) return "Our evidence shows that no user's data was accessed.";
    if (kind === "exactly") return `Our evidence shows that the data of ${users(atLeast)} was accessed.`;
    if (atLeast === 0) {
      return `Our evidence names no user whose data was accessed, but it does not rule it out: at most ${users(atMost)} may be concerned.`;
    }
    return `Our evidence shows that the data of at least ${users(atLeast)} and at most ${users(atMost)} was accessed.`;
  },
  rangeBecauseOfGap:
    "We cannot give an exact number, because our logs have a gap and we cannot rule out more than they show.",
  rangeBecauseOfCounts:
    "We cannot give an exact number, because our records do not name every user whose data may have been accessed.",
  readerMayBeConcerned: "We therefore cannot rule out that your account is concerned.",
  readerNotConcerned: "The account that this message is written for is not among them.",
  contactingIndividually: (people) =>
    people === 1
      ? "We are writing to that person individually."
      : "We are writing individually to each person whom our evidence names.",
  accessTimes: (first, last) =>
    first === last
      ? `The access that we know of took place on ${time(first)}.`
      : `The accesses that we know of took place between ${time(first)} and ${time(last)}.`,
  accessed: (items) => `This data was accessed: ${items}.`,
  accessedByAll: (items) =>
    `The data that was accessed in this incident: ${items}. Not all of it need have been accessed for every account.`,
  yourAccessed: (items) => `This data of your account was accessed: ${items}.`,
  accessedNothing: "We have found no kind of personal data that was accessed for certain.",
  notAccessed: (items) => `Not accessed: ${items}.`,
  unknownClasses: (items) => `We do not know whether this data was accessed: ${items}.`,
  changedYours: "Data of your account was also changed.",
  changedSome: "Some data was also changed.",
  deletedYours: "Data of your account was also deleted.",
  deletedSome: "Some data was also deleted.",
  coverageComplete: "The logs that we examined have no gap in that time.",
  assumptions: (items) => `What we say here rests on what no log can show: ${items}.`,
  signInAll: (spreadMs) => `You will be asked to sign in again${spread(spreadMs)}.`,
  signInCertain: (spreadMs, because) =>
    because === "precaution"
      ? `As a precaution, certain users will be asked to sign in again${spread(spreadMs)}. If you are one of them, the app or web site will ask you; if you are not asked, there is nothing to do.`
      : `Certain users are signed out and asked to sign in again${spread(spreadMs)}, because their sessions may have been exposed. If you are one of them, the app or web site will ask you.`,
  signInWherever: (platforms) =>
    platforms === null
      ? "This can happen on every device and platform."
      : `This can happen on these platforms: ${platforms}.`,
  newPasswordAll: (spreadMs) => `You will be asked to choose a new password${spread(spreadMs)}.`,
  newPasswordCertain: (spreadMs) =>
    `Certain users will be asked to choose a new password${spread(spreadMs)}. If you are one of them, the app or web site will ask you; if you are not asked, you can keep yours.`,
  upgrade: (platforms, below, concerns) =>
    concerns === "all"
      ? `If you use the app${on(platforms)} in a version below ${below}, please update it.`
      : `Certain users of the app${on(platforms)} in a version below ${below} are asked to update it; the app tells you whether you are one of them.`,
  upgradeRequired: (at) => `From ${time(at)} on, the app requires the update wherever it is available.`,
  upgradeFromStore: (store, link) =>
    link === null
      ? `From ${store}: the update is available.`
      : `From ${store}: the update is available at ${link}`,
  upgradeFromStoreLater: (store, at) =>
    at === null
      ? `From ${store}: the update is not there yet; until it is, there is nothing to do.`
      : `From ${store}: the update will be there from ${time(at)}; until then there is nothing to do.`,
  redownload: (platforms, concerns) =>
    concerns === "all"
      ? `If you use offline content${on(platforms)}, it has to be downloaded again in the app.`
      : `Certain users of offline content${on(platforms)} have to download it again; the app tells you whether you are one of them.`,
  sorry: "We are sorry for the inconvenience.",
  trustedPlaces: (platforms, stores) =>
    `Please install the app${on(platforms)} only from ${stores}, and from nowhere else. An app from another place will no longer work with our service.`,
  beCareful:
    "Be careful with messages and calls that claim to come from us: we never ask for your password by e-mail or telephone.",
  watchPayments:
    "Watch your account statements, and tell your bank about any payment that you do not recognise.",
  nothingNeeded: "There is nothing that you need to do.",
  noNewPassword: "You do not need to change your password.",
  noUpdate: "You do not need to update the app.",
  noUpdateOn: (platforms) => `You do not need to update the app or download anything again on ${platforms}.`,
  stillSignIn: "Being asked to sign in again, as described above, can still happen there.",
  noSignInLink:
    "This message has no link to sign in. Open the app as usual, or type the address of our web site yourself.",
  recovery: (page) => `How to get back into your account: ${page}`,
  contact: (service, email, page) => {
    const ways = [email, page].filter((way) => way !== null);
    return ways.length === 0
      ? `If you have questions, ask the ${service} support inside the app.`
      : `If you have questions, contact us: ${ways.join(" or ")}`;
  },
  quoteReference: (reference) => `Please quote this reference: ${reference}`,
  publicPage: (page) => `The same information stands at ${page}`,
  nextUpdate: (at) => `We will publish the next update by ${time(at)}.`,
  closing: "Yours,",
  dataClass: englishDataClass,
  platform: englishPlatform,
  store: englishStore,
  assumption: (key) => assumptions[key] ?? `that “${key}” holds`,
  list,
};
