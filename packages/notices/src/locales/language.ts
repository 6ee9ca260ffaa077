import { IntlMessageFormat } from "intl-messageformat";
import { compareCodePoints, type DataClass } from "@cordon/model";
import type { Argument, Statement } from "../message/statement.ts";
import {
  wordedClasses,
  type Catalogue,
  type MessageKey,
  type WordedClass,
  type WordKey,
} from "./messages.ts";

const hourMs = 3_600_000;
/** Unicode's letters that are written from right to left: Hebrew, Arabic and their like. */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const isWorded = new Set<string>(wordedClasses);

/** One language at work: statements become text, values are written as the language writes them. */
export class Language {
  readonly locale: string;
  readonly name: string;
  readonly direction: "ltr" | "rtl";
  readonly #catalogue: Catalogue;
  readonly #tag: string;
  readonly #compiled = new Map<string, IntlMessageFormat>();
  readonly #date: Intl.DateTimeFormat;
  readonly #time: Intl.DateTimeFormat;
  readonly #list: Intl.ListFormat;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
    this.locale = catalogue.locale;
    this.name = catalogue.name;
    this.direction = catalogue.direction;
    // Gregorian dates and the digits of versions and links everywhere: one message has one kind of each.
    this.#tag = `${catalogue.formats}-u-ca-gregory-nu-latn`;
    this.#date = new Intl.DateTimeFormat(this.#tag, { dateStyle: "long", timeZone: "UTC" });
    this.#time = new Intl.DateTimeFormat(this.#tag, {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZone: "UTC",
    });
    this.#list = new Intl.ListFormat(catalogue.formats, { style: "long", type: "conjunction" });
  }

  say({ key, args }: Statement): string {
    return this.#format(key, this.#catalogue.messages[key], args);
  }

  /** A message by its key, for what is no statement: labels and buttons. */
  label(key: MessageKey, args: Readonly<Record<string, Argument>> = {}): string {
    return this.#format(key, this.#catalogue.messages[key], args);
  }

  /** Plain words for a class; for one without words of its own the nearest known one's with its key, never a guess. */
  dataClass(name: DataClass): string {
    if (isWorded.has(name)) return this.#catalogue.classes[name as WordedClass];
    for (let parent = name; parent.includes(".");) {
      parent = parent.slice(0, parent.lastIndexOf("."));
      if (parent !== "user" && isWorded.has(parent)) {
        return `${this.#catalogue.classes[parent as WordedClass]} (${this.#isolate(name)})`;
      }
    }
    return this.#word("dataOfKind", { text: { text: name } });
  }

  platform(name: string): string {
    switch (name) {
      case "android":
        return this.#isolate("Android");
      case "ios":
        return this.#isolate("iOS");
      case "windows-phone":
        return this.#isolate("Windows Phone");
      case "desktop":
      case "web":
        return this.#word(name);
      default:
        return this.#word("quoted", { text: { text: name } });
    }
  }

  store(name: string, service: string): string {
    switch (name) {
      case "google-play":
        return this.#isolate("Google Play");
      case "amazon-appstore":
        return this.#word("amazonAppstore");
      case "app-store":
        return this.#word("appStore");
      case "website":
        return this.#word("website", { service: { text: service } });
      case "unknown":
        return this.#word("otherStore");
      default:
        return this.#word("quoted", { text: { text: name } });
    }
  }

  list(items: readonly string[]): string {
    return this.#list.format(items);
  }

  /** `20 May 2014, 14:03 UTC`, as the language has it. */
  instant(at: string): string {
    const date = new Date(at);
    return this.#format("instant", this.#catalogue.words.instant, {
      date: { word: this.#date.format(date) },
      time: { word: this.#time.format(date) },
    });
  }

  #word(key: WordKey, args: Readonly<Record<string, Argument>> = {}): string {
    return this.#format(key, this.#catalogue.words[key], args);
  }

  #format(key: string, pattern: string, args: Readonly<Record<string, Argument>>): string {
    let compiled = this.#compiled.get(key);
    if (compiled === undefined) {
      compiled = new IntlMessageFormat(pattern, this.#tag, undefined, { ignoreTag: true });
      this.#compiled.set(key, compiled);
    }
    const values = Object.fromEntries(
      Object.entries(args).map(([name, value]) => [name, this.#value(value)]),
    );
    return String(compiled.format(values));
  }

  // INVARIANT: a value goes in as it stands; nothing in it is read as a pattern, and its direction ends where it ends.
  #value(argument: Argument): string | number {
    if ("word" in argument) return argument.word;
    if ("text" in argument) return this.#isolate(argument.text);
    // Not isolated: a program that makes links clickable would take the mark for a part of them.
    if ("link" in argument) return argument.link;
    if ("count" in argument) return argument.count;
    if ("at" in argument) return this.instant(argument.at);
    if ("spreadMs" in argument) return this.#spread(argument.spreadMs);
    if ("classes" in argument) {
      return this.list(argument.classes.toSorted(compareCodePoints).map((name) => this.dataClass(name)));
    }
    if ("platforms" in argument) return this.list(argument.platforms.map((name) => this.platform(name)));
    if ("stores" in argument) {
      return this.list(argument.stores.map((name) => this.store(name, argument.service)));
    }
    if ("store" in argument) return this.store(argument.store, argument.service);
    if ("assumptions" in argument) return this.list(argument.assumptions.map((key) => this.#assumption(key)));
    return this.say(argument.sentence);
  }

  /** "over the next 3 days"; the number is rounded up, so that nobody is promised an earlier end. */
  #spread(spreadMs: number): string {
    if (spreadMs < 48 * hourMs) {
      return this.#word("spreadHours", { count: { count: Math.max(1, Math.ceil(spreadMs / hourMs)) } });
    }
    return this.#word("spreadDays", { count: { count: Math.ceil(spreadMs / (24 * hourMs)) } });
  }

  #assumption(key: string): string {
    switch (key) {
      case "doors-complete":
        return this.#word("doorsComplete");
      case "suspects-complete":
        return this.#word("suspectsComplete");
      case "logs-not-writable-by-suspects":
        return this.#word("logsNotWritable");
      default:
        return this.#word("otherAssumption", { text: { text: key } });
    }
  }

  /** UAX 9: FIRST STRONG ISOLATE … POP DIRECTIONAL ISOLATE around text that may run against the language. */
  #isolate(text: string): string {
    const runsAgainst = this.direction === "rtl" ? /[A-Za-z0-9]/.test(text) : rightToLeft.test(text);
    return runsAgainst ? `\u2068${text}\u2069` : text;
  }
}
