import type { JsonObject } from "@cordon/model";
import {
  commitmentOf,
  encodeEntry,
  eventText,
  GrowingTree,
  hashLeaf,
  inclusionProof,
  noteSigner,
  sha256,
  signCheckpoint,
  type ExportContent,
  type ExportedEntry,
  type NoteSigner,
  type ReadTile,
} from "../../src/index.ts";
import { answerHex } from "../../src/export/named-digests.ts";
import { hexSha256 } from "../../src/export/manifest.ts";
import { privateKeyPem } from "../vectors.ts";

export const logSigner: NoteSigner = noteSigner("log.invalid/1", privateKeyPem("01".repeat(32)));
export const exportSigner: NoteSigner = noteSigner("export.invalid/1", privateKeyPem("02".repeat(32)));

const told = {
  accounts: { kind: "exactly", atLeast: 1, atMost: 1 },
  evidence: { events: 3, rejectedLines: [] },
};
export const answer: JsonObject = { ...told, answerDigest: `sha256:${answerHex(told)}` };
export const notice: JsonObject = { from: "security@overture.invalid", recipients: { affected: ["u-3141"] } };
const noticeDigest = `sha256:${hexSha256(Buffer.from(eventText(notice)))}`;

interface Planned {
  readonly type: string;
  readonly stream: string;
  readonly event: JsonObject;
  readonly erased?: true;
}

/** Entry 2 was erased by entry 4; entries 1 and 5 are another incident's. */
const planned: readonly Planned[] = [
  { type: "journal-begun", stream: "journal", event: { origin: "log.invalid/1" } },
  { type: "noted", stream: "incident/2", event: { n: 1 } },
  { type: "noted", stream: "incident/1", event: { name: "Zoë" }, erased: true },
  {
    type: "answer-given",
    stream: "incident/1",
    event: { answer: { answerDigest: answer["answerDigest"] ?? null } },
  },
  { type: "event-erased", stream: "journal", event: { seq: 2, reason: "on request" } },
  { type: "noted", stream: "incident/2", event: { n: 2 } },
  { type: "notice-manifest", stream: "incident/1", event: { manifestDigest: noticeDigest } },
];

export interface SmallIncident {
  readonly content: ExportContent;
  /** What is in the log at each seq, opened. */
  readonly all: readonly ExportedEntry[];
}

/** A log of `more` further entries behind the incident's, each after `change`, and the incident's export. */
export async function smallIncident(
  more = 0,
  change: (entry: Uint8Array, seq: number) => Uint8Array = (entry) => entry,
): Promise<SmallIncident> {
  const filler = Array.from({ length: more }, (_, n) => ({
    type: "noted",
    stream: "incident/3",
    event: { n },
  }));
  const rows: readonly Planned[] = [...planned, ...filler];
  const bytes = rows.map(({ type, stream, event }, seq) => {
    const commitment = commitmentOf(saltOf(seq), eventText(event));
    return change(encodeEntry({ seq, atMs: Date.UTC(2014, 4, 27, 12) + seq, type, stream, commitment }), seq);
  });
  const tree = new GrowingTree();
  const full = new Map<string, readonly Uint8Array[]>();
  for (const entry of bytes) {
    for (const { level, index, hashes } of tree.append(hashLeaf(entry)))
      full.set(`${level}/${index}`, hashes);
  }
  const readTile: ReadTile = (level, index, width) =>
    Promise.resolve((full.get(`${level}/${index}`) ?? tree.edge(level)).slice(0, width));
  const all = await Promise.all(
    rows.map(async ({ event, erased }, seq): Promise<ExportedEntry> => {
      const proof = await inclusionProof(seq, tree.size, readTile);
      const opening = erased === true ? null : { salt: saltOf(seq), event };
      return { entry: bytes[seq] ?? new Uint8Array(), proof, opening };
    }),
  );
  const content: ExportContent = {
    incident: "incident/1",
    exportedAtMs: Date.UTC(2014, 5, 1),
    logKey: logSigner.key,
    checkpoint: signCheckpoint({ size: tree.size, root: tree.root() }, logSigner),
    entries: [2, 3, 4, 6].flatMap((seq) => all[seq] ?? []),
    logEntries: bytes,
    answers: [answer],
    notices: [notice],
    veris: { incident_id: "incident/1" },
  };
  return { content, all };
}

/** What opened an entry's commitment, also where it was erased. */
export function saltOf(seq: number): Uint8Array {
  return sha256(Buffer.from(`salt ${seq}`));
}
