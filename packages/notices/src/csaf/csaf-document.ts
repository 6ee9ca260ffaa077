import type { Json, JsonObject } from "@cordon/model";
import { composePress } from "../audiences/compose-press.ts";
import type { Advisory, AdvisoryEdition } from "../advisory/advisory.ts";
import { languageOf } from "../locales/languages.ts";
import { wordNotice } from "../message/word-notice.ts";
import type { Statement } from "../message/statement.ts";
import type { CompositionBlock } from "../message/composed-notice.ts";

/** CSAF 2.0, 5.1: the tracking id in lower case, everything but letters, digits, `+`, `-` as one `_`. */
export function csafFileName(reference: string): string {
  return `${reference.toLowerCase().replace(/[^+\-a-z0-9]+/g, "_")}.json`;
}

/**
 * CSAF 2.0, profile 2 (`csaf_security_incident_response`): the press text's sentences in the source language as notes. Keys
 * are sorted, as the standard recommends.
 */
export function csafDocument({ editions, baseUrl }: Advisory): JsonObject {
  const now = editions.at(-1);
  const first = editions[0];
  if (now === undefined || first === undefined) throw new RangeError("an advisory without an edition");
  const { facts } = now;
  const self = new URL(`csaf/${csafFileName(facts.reference)}`, baseUrl).href;
  const document: JsonObject = {
    category: "csaf_security_incident_response",
    csaf_version: "2.0",
    distribution: {
      text: "Disclosure is not limited.",
      tlp: { label: "WHITE", url: "https://www.first.org/tlp/v1/" },
    },
    lang: "en",
    notes: notesOf(now),
    publisher: {
      category: "vendor",
      ...contactDetails(facts.contact),
      name: facts.service,
      namespace: new URL(baseUrl).origin,
    },
    references: [
      { category: "self", summary: "This document", url: self },
      {
        category: "external",
        summary: "The public page about the incident",
        url: facts.publicPage ?? new URL("index.html", baseUrl).href,
      },
    ],
    title: wordNotice(composePress(facts, now.affectedPlanned), languageOf("en")).subject,
    tracking: {
      current_release_date: facts.asOf,
      generator: { engine: { name: "Cordon" } },
      id: facts.reference,
      initial_release_date: first.facts.asOf,
      revision_history: editions.map(({ facts: of }, index) => ({
        date: of.asOf,
        // Editions that were never sent leave no gap here (6.1.21).
        number: String(index + 1),
        summary: of.correction === null ? "Notice" : `Correction of edition ${of.correction.edition}`,
      })),
      status: "final",
      version: String(editions.length),
    },
  };
  return sorted({ document }) as JsonObject;
}

function contactDetails({ email, page }: { email: string | null; page: string | null }): JsonObject {
  const ways = [email, page].filter((way) => way !== null);
  return ways.length === 0 ? {} : { contact_details: ways.join(", ") };
}

function notesOf({ facts, affectedPlanned }: AdvisoryEdition): Json[] {
  const english = languageOf("en");
  const { blocks } = composePress(facts, affectedPlanned);
  const notes: Json[] = [];
  let title = "Summary";
  for (const block of blocks) {
    if (block.kind === "heading") title = english.say(block.text);
    else notes.push({ category: notes.length === 0 ? "summary" : "details", text: text(block), title });
    if (block.kind !== "heading" && notes.length === 1) title = "Data";
    if (block.kind !== "heading" && notes.length === 2) title = "What is asked of users, and what is not";
  }
  return notes.filter((note) => (note as { text: string }).text !== "");

  function text(block: Exclude<CompositionBlock, { kind: "heading" }>): string {
    const said: readonly Statement[] = block.kind === "list" ? block.items : block.sentences;
    return said.map((one) => english.say(one)).join(block.kind === "list" ? "\n" : " ");
  }
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, of]) => [key, sorted(of)]),
  );
}
