import type { ClaimReading } from "./claim-reading.ts";
import { share, type Finding, type Verdict } from "./finding.ts";
import { issuedSeconds } from "./auth-time.ts";
import type { TokenSample } from "./token-sample.ts";

/** Distinct subjects that are looked up; the first ones of the file. */
const subjectsMax = 100_000;
/** Claims of a token that might be the account's id under another name. */
const otherClaimsMax = 16;
const otherCharsMax = 320;

/** Some accounts of a directory, arrays of the same length. */
export interface DirectoryBatch {
  readonly accountIds: readonly string[];
  /** Null for none. */
  readonly emails: readonly (string | null)[];
}

/** How a token might name an account: exactly, or nearly. */
interface Way {
  readonly claim: string;
  readonly how: "exact" | "case" | "tail" | "email";
}

/** Above this share of subjects the rest are taken for accounts that have gone. */
const enough = 0.99;
const hardlyAny = 0.01;

const measures = ["reauthenticate", "change_password", "upgrade", "redownload", "refuse_client"] as const;

/**
 * Whether the subjects of tokens are the directory's account ids: exactly, or only nearly (other letters, a prefix,
 * another claim, the e-mail address).
 */
export class DirectoryCheck {
  readonly #reading: ClaimReading;
  readonly #asOfSeconds: number;
  /** By subject: when its newest token was issued. */
  readonly #subjects = new Map<string, number>();
  readonly #candidates = new Map<string, Set<string>>();
  readonly #exact = new Set<string>();
  readonly #near = new Map<string, Set<string>>();
  readonly #ways = new Map<string, Way>();
  #accounts = 0;

  constructor(people: readonly TokenSample[], reading: ClaimReading, asOfMs: number) {
    this.#reading = reading;
    this.#asOfSeconds = asOfMs / 1000;
    for (const sample of people) this.#note(sample);
  }

  take({ accountIds, emails }: DirectoryBatch): void {
    this.#accounts += accountIds.length;
    for (const [index, id] of accountIds.entries()) {
      if (this.#subjects.has(id)) this.#exact.add(id);
      this.#look(id, "exact");
      this.#look(id.toLowerCase(), "case");
      const tail = tailOf(id);
      if (tail !== null) this.#look(tail, "tail");
      const email = emails[index] ?? null;
      if (email !== null) this.#look(email.toLowerCase(), "email");
    }
  }

  finding(): Finding {
    const subjects = this.#subjects.size;
    const outside = [...this.#subjects].filter(([subject]) => !this.#exact.has(subject));
    const newer = outside.filter(([, issued]) => issued >= this.#asOfSeconds).length;
    const missing = outside.length - newer;
    const known = subjects - newer;
    const verdict = verdictOf(this.#exact.size, known);
    const best = this.#bestWay(new Set(outside.map(([subject]) => subject)));
    const nearText =
      best === null
        ? ""
        : `; ${best.count} of the others would match by ${describe(best.way, this.#reading)}`;
    return {
      check: "account-in-directory",
      verdict,
      measures,
      text:
        `${share(this.#exact.size, subjects)} distinct subjects are accounts of the directory` +
        (newer === 0 ? "" : `; ${newer} had tokens issued after --as-of and may be newer than it`) +
        (verdict === "works" ? "" : nearText),
      evidence: {
        subjects,
        matched: this.#exact.size,
        missing,
        perhapsNewer: newer,
        nearMisses: best?.count ?? 0,
        accounts: this.#accounts,
      },
      change:
        verdict === "works"
          ? null
          : best === null
            ? "give the gate the same ids as the directory's `account_id`"
            : `make them the same: ${remedy(best.way, this.#reading)}`,
    };
  }

  #note(sample: TokenSample): void {
    const subject = this.#reading.text(sample.claims, "account");
    if (subject === null) return;
    const issued = issuedSeconds(sample) ?? -Infinity;
    const known = this.#subjects.get(subject);
    if (known === undefined && this.#subjects.size >= subjectsMax) return;
    this.#subjects.set(subject, Math.max(issued, known ?? -Infinity));
    if (known !== undefined) return;
    const account = this.#reading.nameIn(sample.claims, "account") ?? "sub";
    this.#candidate(subject, { claim: account, how: "case" }, subject.toLowerCase());
    this.#candidate(subject, { claim: account, how: "email" }, subject.toLowerCase());
    this.#candidate(subject, { claim: account, how: "tail" }, tailOf(subject) ?? subject);
    let others = 0;
    for (const [claim, value] of Object.entries(sample.claims)) {
      if (claim === account || typeof value !== "string" || value.length > otherCharsMax) continue;
      if (++others > otherClaimsMax) break;
      this.#candidate(subject, { claim, how: "exact" }, value);
      this.#candidate(subject, { claim, how: "email" }, value.toLowerCase());
    }
  }

  /** `text` in the directory would be a near miss of `subject`. */
  #candidate(subject: string, way: Way, text: string): void {
    const key = `${way.how}\0${text}`;
    const wayKey = `${way.how}\0${way.claim}`;
    this.#ways.set(wayKey, way);
    const known = this.#candidates.get(key);
    const entry = `${wayKey}\0\0${subject}`;
    if (known === undefined) this.#candidates.set(key, new Set([entry]));
    else known.add(entry);
  }

  #look(text: string, how: Way["how"]): void {
    // A prefix may stand before the subject or before the directory's id.
    this.#found(this.#candidates.get(`${how}\0${text}`));
    if (how === "exact") this.#found(this.#candidates.get(`tail\0${text}`));
  }

  #found(entries: ReadonlySet<string> | undefined): void {
    for (const entry of entries ?? []) {
      const at = entry.indexOf("\0\0");
      const way = entry.slice(0, at);
      const subjects = this.#near.get(way) ?? new Set<string>();
      subjects.add(entry.slice(at + 2));
      this.#near.set(way, subjects);
    }
  }

  #bestWay(outside: ReadonlySet<string>): { readonly way: Way; readonly count: number } | null {
    let best: { readonly way: Way; readonly count: number } | null = null;
    for (const [key, subjects] of this.#near) {
      const way = this.#ways.get(key);
      const count = [...subjects].filter((subject) => outside.has(subject)).length;
      if (way !== undefined && count > (best?.count ?? 0)) best = { way, count };
    }
    return best;
  }
}

function verdictOf(matched: number, known: number): Verdict {
  if (known === 0) return "unknown";
  if (matched / known >= enough) return "works";
  return matched / known <= hardlyAny ? "fails" : "partly";
}

/** `auth0|5f7c` → `5f7c`; null without such a sign. */
function tailOf(id: string): string | null {
  const tail = /[|:/\\]([^|:/\\]+)$/.exec(id)?.[1];
  return tail ?? null;
}

function describe({ claim, how }: Way, reading: ClaimReading): string {
  const own = claim === reading.wanted("account");
  switch (how) {
    case "exact":
      return `the claim \`${claim}\``;
    case "case":
      return "other letters, large for small";
    case "tail":
      return "what follows a prefix (`|`, `:`, `/`)";
    case "email":
      return `${own ? "the subject" : `the claim \`${claim}\``} as an e-mail address`;
  }
}

function remedy(way: Way, reading: ClaimReading): string {
  switch (way.how) {
    case "exact":
      return `name the claim (--claim account=${way.claim})`;
    case "case":
      return "ids are compared letter by letter, so write them in one way in directory and tokens";
    case "tail":
      return "write ids with the same prefix, or none, in directory and tokens";
    case "email":
      return `e-mail addresses change hands: put the account's id into \`${reading.wanted("account")}\``;
  }
}
