import { decodeBase64 } from "../base64.ts";
import { TransparencyError } from "../errors.ts";
import { eventText } from "../event-text.ts";
import { commitmentOf, parseEntry, saltBytes, type JournalEntry } from "../journal-entry.ts";
import { isJsonObject, type JsonObject } from "@cordon/model";
import { verifyInclusion } from "../inclusion-proof.ts";
import { hashLeaf, sameBytes } from "../merkle-hash.ts";
import { parseProof } from "../tlog-proof.ts";
import { exportFiles } from "./export-content.ts";
import { readJson } from "./manifest.ts";
import { NamedDigests } from "./named-digests.ts";

/** What the entries of an archive lead to. */
export interface OpenedEntries {
  readonly seqs: ReadonlySet<number>;
  /** The files that were read. */
  readonly names: ReadonlySet<string>;
  readonly digests: NamedDigests;
  readonly counts: { readonly checked: number; readonly erased: number };
}

interface Given {
  readonly checkpoint: { readonly bytes: Uint8Array; readonly size: number; readonly root: Uint8Array };
  readonly incident: string;
  /** Called with each file before it is checked. */
  readonly visit: (name: string) => void;
}

function malformed(what: string): TransparencyError {
  return new TransparencyError("ERR_EXPORT_MALFORMED", what);
}

/**
 * Every entry stands in the log where it says, and its event opens its commitment, or an `event-erased` entry of the archive
 * names it. At least one is the incident's. Throws ERR_EXPORT_MALFORMED and what the parts throw.
 */
export function checkEntries(byName: ReadonlyMap<string, Uint8Array>, given: Given): OpenedEntries {
  const names = new Set<string>();
  const digests = new NamedDigests();
  const entries = new Map<number, JournalEntry>();
  const erasedBy = new Map<number, number>();
  const unopened: number[] = [];
  for (const [name, bytes] of byName) {
    if (!name.startsWith("entries/")) continue;
    given.visit(name);
    const entry = parseEntry(bytes);
    if (name !== exportFiles.entry(entry.seq))
      throw malformed(`the entry says that it is entry ${entry.seq}`);
    entries.set(entry.seq, entry);
    names.add(name);
    const proof = exportFiles.proof(entry.seq);
    given.visit(proof);
    checkProof(byName.get(proof), bytes, entry, given);
    names.add(proof);
    const opening = exportFiles.event(entry.seq);
    given.visit(opening);
    const opened = byName.get(opening);
    if (opened === undefined) {
      unopened.push(entry.seq);
      continue;
    }
    names.add(opening);
    const event = openEvent(opening, opened, entry);
    digests.add(event);
    if (entry.stream === "journal" && entry.type === "event-erased" && typeof event["seq"] === "number") {
      erasedBy.set(event["seq"], entry.seq);
    }
  }
  for (const seq of unopened) {
    given.visit(exportFiles.event(seq));
    if (!erasedBy.has(seq)) throw malformed("the event is missing, and no entry says that it was erased");
  }
  for (const [seq, by] of erasedBy) {
    given.visit(exportFiles.event(seq));
    if (byName.has(exportFiles.event(seq)))
      throw malformed(`the event is here, and entry ${by} says that it was erased`);
  }
  given.visit("entries/");
  if (![...entries.values()].some(({ stream }) => stream === given.incident)) {
    throw malformed(`no entry is of \`${given.incident}\``);
  }
  const counts = { checked: entries.size - unopened.length, erased: unopened.length };
  return { seqs: new Set(entries.keys()), names, digests, counts };
}

function checkProof(
  bytes: Uint8Array | undefined,
  entry: Uint8Array,
  { seq }: JournalEntry,
  { checkpoint }: Given,
): void {
  if (bytes === undefined) throw malformed("the proof is missing");
  const proof = parseProof(bytes);
  if (!sameBytes(proof.checkpoint, checkpoint.bytes))
    throw malformed("the proof is against another checkpoint");
  if (proof.extra === null || !sameBytes(proof.extra, entry))
    throw malformed("the proof is of another entry");
  const { size, root } = checkpoint;
  const shown = { leafHash: hashLeaf(entry), index: proof.index, size, proof: proof.hashes, root };
  if (proof.index !== seq || !verifyInclusion(shown)) {
    throw new TransparencyError(
      "ERR_PROOF_MISMATCH",
      `the proof does not lead from entry ${seq} to the root of ${size} entries`,
    );
  }
}

function openEvent(name: string, bytes: Uint8Array, entry: JournalEntry): JsonObject {
  const { event, salt, ...more } = readJson(name, bytes);
  const saltOf = typeof salt === "string" ? decodeBase64(salt) : null;
  if (!isJsonObject(event) || saltOf?.length !== saltBytes || Object.keys(more).length > 0) {
    throw malformed("not an event and its salt");
  }
  if (!sameBytes(commitmentOf(saltOf, eventText(event)), entry.commitment)) {
    throw malformed("salt and event do not fit the entry's commitment");
  }
  return event;
}
