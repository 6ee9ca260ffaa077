import fc from "fast-check";
import { IntlMessageFormat } from "intl-messageformat";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  catalogues,
  composeAffected,
  composeGeneral,
  languageOf,
  locales,
  negotiate,
  saidIn,
  wordNotice,
} from "../src/index.ts";
import { messageArguments, messageKeys, wordArguments, wordedClasses } from "../src/locales/messages.ts";
import { facts } from "./support/arbitrary-facts.ts";
import { reference } from "./support/example-facts.ts";

type Element = ReturnType<IntlMessageFormat["getAst"]>[number];

function parse(pattern: string): readonly Element[] {
  return new IntlMessageFormat(pattern, "en", undefined, { ignoreTag: true }).getAst();
}

/** A literal's text stands in `value` too; it and `#` are the elements without an argument. */
const literal = 0;
const pound = 7;

function argumentsOf(elements: readonly Element[]): Set<string> {
  const found = new Set<string>();
  for (const element of elements) {
    const type: number = element.type;
    if (type === literal || type === pound || !("value" in element)) continue;
    found.add(element.value);
    if (!("options" in element)) continue;
    for (const { value } of Object.values(element.options)) {
      for (const name of argumentsOf(value)) found.add(name);
    }
  }
  return found;
}

function pluralsOf(elements: readonly Element[]): string[][] {
  return elements.flatMap((element) => ("options" in element ? [Object.keys(element.options)] : []));
}

test.each(catalogues.map((catalogue) => [catalogue.locale, catalogue] as const))(
  "%s: every message compiles, has exactly the arguments that it takes, and none is missing or left over",
  (_locale, { messages, words, classes }) => {
    expect(Object.keys(messages).toSorted()).toEqual(messageKeys.toSorted());
    expect(Object.keys(words).toSorted()).toEqual(Object.keys(wordArguments).toSorted());
    expect(Object.keys(classes).toSorted()).toEqual([...wordedClasses].toSorted());
    const all = [
      ...messageKeys.map((key) => [key, messages[key], messageArguments[key]] as const),
      ...Object.entries(wordArguments).map(
        ([key, takes]) => [key, words[key as keyof typeof wordArguments], takes] as const,
      ),
    ];
    for (const [key, pattern, takes] of all) {
      const elements = parse(pattern);
      expect([key, [...argumentsOf(elements)].toSorted()]).toEqual([key, takes.toSorted()]);
      expect(pattern.trim()).toBe(pattern);
      expect(pattern).not.toBe("");
    }
  },
);

test.each(catalogues.map((catalogue) => [catalogue.locale, catalogue] as const))(
  "%s: a plural has every form that the language needs",
  (locale, { messages, words }) => {
    const needed = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
    for (const pattern of [...Object.values(messages), ...Object.values(words)]) {
      for (const forms of pluralsOf(parse(pattern))) {
        // A language may say the same of all numbers but one; a form that is written must be one that it has.
        for (const form of forms) {
          if (!form.startsWith("=")) expect(needed).toContain(form);
        }
        expect(forms).toContain("other");
      }
    }
  },
);

test.each(catalogues.map((catalogue) => [catalogue.locale, catalogue] as const))(
  "%s: two classes never share their words, because one may be accessed and the other not",
  (_locale, { classes }) => {
    expect(new Set(Object.values(classes)).size).toBe(wordedClasses.length);
  },
);

test("no message is dead: each key is said somewhere in the sources", () => {
  const root = join(import.meta.dirname, "..", "src");
  const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.startsWith("locales"))
    .map((file) => readFileSync(join(root, file), "utf8"))
    .join("\n");
  const dead = messageKeys.filter(
    (key) => !sources.includes(`"${key}"`) && !sources.includes(`"${key.replace(/(?:Over|On)$/, "")}"`),
  );
  expect(dead).toEqual([]);
});

test("a link is followed by a space or by nothing, so that nothing is taken for a part of it", () => {
  for (const { messages } of catalogues) {
    for (const key of messageKeys) {
      for (const name of ["link", "page", "email"]) {
        const after = messages[key].split(`{${name}}`)[1];
        if (after !== undefined) expect([key, /^(?: |$)/.test(after)]).toEqual([key, true]);
      }
    }
  }
});

test("the same facts are said in every language: the same statements in the same order, each with its numbers", () => {
  fc.assert(
    fc.property(facts, fc.nat({ max: 40 }), (sheet, planned) => {
      for (const composition of [composeAffected(sheet), composeGeneral(sheet, planned)]) {
        const numbers = saidIn(composition).flatMap(({ args }) =>
          Object.values(args).flatMap((argument) =>
            "count" in argument && argument.count > 2 ? [String(argument.count)] : [],
          ),
        );
        for (const locale of locales) {
          const said = wordNotice(composition, languageOf(locale));
          const text = said.blocks
            .flatMap((block) => (block.kind === "paragraph" ? block.sentences : []))
            .map((sentence) => sentence.text)
            .join("\n")
            .replace(/(?<=\d)[.,\s\u00a0\u202f٬’](?=\d{3})/g, "");
          for (const number of numbers) expect(text).toContain(number);
          expect(text).not.toMatch(/undefined|\[object|NaN|[{}]/);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test.each([
  ["en-GB", "en"],
  ["de-AT", "de"],
  ["de-CH-1996", "de"],
  ["es-419", "es"],
  ["es-MX", "es"],
  ["fr-CA", "fr"],
  ["pt", "pt-BR"],
  ["pt-BR", "pt-BR"],
  ["ja-JP", "ja"],
  ["ar-EG", "ar"],
  ["pl", "pl"],
  ["EN_us", "en"],
  ["de-u-co-phonebk", "de"],
])("`%s` is told in `%s`", (requested, locale) => {
  expect(negotiate(requested)).toEqual({ locale, by: "translation" });
});

test.each(["zh", "zh-Hant-TW", "pt-PT", "pt-AO", "sv-SE", "nb-NO", "tr", "de-Hebr"])(
  "`%s` is told in nothing until somebody names what in",
  (requested) => {
    expect(negotiate(requested)).toEqual({ locale: null, missing: new Intl.Locale(requested).baseName });
    const [range = ""] = requested.split("-");
    const named = { [range]: "fr" };
    expect(negotiate(requested, named)).toEqual({ locale: "fr", by: "fallback" });
  },
);

test.each([null, "", "und", "constructor", "__proto__", "x".repeat(200), "de\r\nBcc: all"])(
  "who has no readable language (`%s`) is told in the source language, and counted as such",
  (requested) => {
    expect(negotiate(requested)).toEqual({ locale: "en", by: "none-known" });
    expect(negotiate(requested, { und: "es" })).toEqual({ locale: "es", by: "fallback" });
  },
);

test("a decision for a narrower tag goes before one for a wider, and none takes a translation away", () => {
  const fallbacks = { sv: "en", "sv-FI": "de", de: "en" };
  expect(negotiate("sv-FI", fallbacks).locale).toBe("de");
  expect(negotiate("sv-SE", fallbacks).locale).toBe("en");
  expect(negotiate("de-AT", fallbacks)).toEqual({ locale: "de", by: "translation" });
});

test("what is said from left to right stands isolated in Arabic, and links stay as they are", () => {
  const { blocks, direction } = wordNotice(composeGeneral(reference, 1), languageOf("ar"));
  expect(direction).toBe("rtl");
  const text = JSON.stringify(blocks);
  expect(text).toContain("\u2068Overture\u2069");
  expect(text).toContain("https://play.example/overture");
  expect(text).not.toContain("\u2068https");
  // Every isolate that is opened is closed.
  expect(text.split("\u2068").length).toBe(text.split("\u2069").length);
});

test("a service with an Arabic name is isolated in English", () => {
  const { subject } = wordNotice(composeGeneral({ ...reference, service: "أنغام" }, 1), languageOf("en"));
  expect(subject).toBe("\u2068أنغام\u2069: about a security incident [CRD-2014-1]");
});

test("what looks like a pattern in a fact is said as it stands", () => {
  const service = "{service} <b>{count, plural, other {#}}</b> '{' $& @@blocks@@ %s";
  for (const locale of locales) {
    const said = wordNotice(composeGeneral({ ...reference, service }, 1), languageOf(locale));
    expect(said.subject).toContain(service);
  }
});
