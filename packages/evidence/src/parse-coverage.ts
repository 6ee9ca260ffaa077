import { parseDuration, parseLogTimeUs } from "@cordon/model";

import type { CoverageEntry, Proof, Source } from "./data-map.ts";
import type { DocumentReader } from "./document-reader.ts";
import { parseDigestKeys } from "./parse-digest-keys.ts";
import { parseFieldPath, type FieldPath } from "./field-path.ts";

const proofKinds = ["sequence", "heartbeat", "digest", "asserted"] as const;
type ProofKind = (typeof proofKinds)[number];

interface ChosenProof {
  readonly kind: ProofKind;
  readonly options: DocumentReader | null;
}

interface ParsedEntry extends CoverageEntry {
  readonly skewUs: number;
  readonly chainPath: FieldPath | null;
}

/** A source's coverage: one entry or a list of them. `fields.sequence` must be mapped for the proof `sequence`. */
export function parseCoverage(
  source: DocumentReader,
  mapped: { readonly sequence: boolean },
): Pick<Source, "coverage" | "skewUs" | "chainPath"> {
  if (!source.has("coverage")) return { coverage: [], skewUs: 0, chainPath: null };
  const readers = source.at("coverage").oneOrMore("coverage entries");
  const entries = readers.map((reader) => parseEntry(reader, mapped));
  const sequences = entries.filter((entry) => entry.proof.kind === "sequence");
  const chainPath = sequences[0]?.chainPath ?? null;
  for (const [index, entry] of entries.entries()) {
    if (entry.proof.kind !== "sequence" || entry.chainPath?.text === chainPath?.text) continue;
    throw (readers[index] ?? source).wrong(
      "the source's sequence entries keep different chains",
      "one `per` for all of a source's entries",
    );
  }
  return {
    coverage: entries.map(({ fromUs, toUs, proof }) => ({ fromUs, toUs, proof })),
    skewUs: Math.max(...entries.map((entry) => entry.skewUs)),
    chainPath,
  };
}

function parseEntry(entry: DocumentReader, mapped: { readonly sequence: boolean }): ParsedEntry {
  entry.mapping(["from", "to", "proof", "skew", ...proofKinds]);
  const fromUs = parseTime(entry.required("from"));
  const toUs = parseTime(entry.required("to"));
  if (fromUs >= toUs) throw entry.at("to").wrong("the coverage ends before it begins", "a time after `from`");
  const skewUs = entry.has("skew") ? parseDurationUs(entry.at("skew")) : 0;
  const chosen = chooseProof(entry);
  const parsed = parseProof(entry, chosen, skewUs);
  if (parsed.proof.kind === "sequence" && !mapped.sequence) {
    throw (chosen.options ?? entry.at("proof")).wrong(
      "the source maps no sequence number",
      "`sequence` among its fields",
    );
  }
  return { fromUs, toUs, ...parsed, skewUs };
}

/** `proof: sequence`, `proof: { sequence: {…} }`, or the options beside it: `sequence: {…}`. */
function chooseProof(entry: DocumentReader): ChosenProof {
  const beside = proofKinds.filter((kind) => entry.has(kind));
  if (beside.length > 1)
    throw entry.at(beside[1] ?? "").wrong("the entry has two proofs", "one proof an entry");
  const [besideKind] = beside;
  if (entry.has("proof") || besideKind === undefined) {
    const proof = entry.required("proof");
    if (typeof proof.value === "string") {
      const kind = proof.oneOf(proofKinds);
      if (besideKind !== undefined && besideKind !== kind) {
        throw entry.at(besideKind).wrong(`the entry's proof is \`${kind}\``, "one proof an entry");
      }
      return { kind, options: besideKind === undefined ? null : entry.at(besideKind) };
    }
    if (besideKind !== undefined)
      throw entry.at(besideKind).wrong("the entry has two proofs", "one proof an entry");
    const [first, second] = proof.mapping(proofKinds).entries();
    if (first === undefined || second !== undefined)
      throw proof.wrong(`${proof.shown} is no proof`, "one proof");
    const kind = proofKinds.find((known) => known === first[0]);
    if (kind === undefined) throw proof.wrong(`${proof.shown} is no proof`, "one proof");
    return { kind, options: first[1] };
  }
  return { kind: besideKind, options: entry.at(besideKind) };
}

function parseProof(
  entry: DocumentReader,
  { kind, options }: ChosenProof,
  skewUs: number,
): { proof: Proof; chainPath: FieldPath | null } {
  switch (kind) {
    case "asserted":
      if (options !== null) throw options.wrong("`asserted` has no options", "`proof: asserted`");
      return { proof: { kind }, chainPath: null };
    case "sequence": {
      if (options === null) return { proof: { kind, chains: null }, chainPath: null };
      options.mapping(["per", "chains"]);
      const per = options.required("per");
      const chains = options
        .required("chains")
        .list("chain names")
        .map((chain) => chain.text());
      return {
        proof: { kind, chains: [...new Set(chains)] },
        chainPath: parseFieldPath(per.value, per.path),
      };
    }
    case "heartbeat": {
      if (options === null) {
        throw entry.at("proof").wrong("`heartbeat` does not say how often", "`heartbeat: { every: 60s }`");
      }
      const everyUs = parseDurationUs(options.mapping(["every"]).required("every"));
      return { proof: { kind, everyUs, skewUs }, chainPath: null };
    }
    case "digest":
      return { proof: { kind, keys: options === null ? [] : parseDigestKeys(options) }, chainPath: null };
  }
}

function parseTime(at: DocumentReader): number {
  const timeUs = typeof at.value === "string" ? parseLogTimeUs(at.value) : null;
  if (timeUs === null)
    throw at.wrong(`${at.shown} is no time`, "an ISO 8601 time such as `2014-05-20T00:00:00Z`");
  return timeUs;
}

function parseDurationUs(at: DocumentReader): number {
  const durationMs = typeof at.value === "string" ? parseDuration(at.value) : null;
  if (durationMs === null) throw at.wrong(`${at.shown} is no duration`, "a whole number and s, m, h or d");
  return durationMs * 1000;
}
