import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { JsonObject } from "@cordon/model";
import { describe, expect, it } from "vitest";
import {
  buildExport,
  cosigner,
  noteSigner,
  parseNote,
  parseVerifierKey,
  sha256,
  signCheckpoint,
  TransparencyError,
  verifyExport,
  type ExportContent,
  type ExportVerification,
} from "../../src/index.ts";
import { answerHex } from "../../src/export/named-digests.ts";
import { packArchive, unpackArchive } from "../../src/export/ustar.ts";
import { hex, privateKeyPem, vectors } from "../vectors.ts";
import { answer, exportSigner, logSigner, notice, smallIncident } from "./small-incident.ts";

const trust = { exportKey: exportSigner.key, logKey: logSigner.key };
const { content, all } = await smallIncident();
const archive = buildExport(content, exportSigner);
const unpacked = unpackArchive(archive, 1000);
const verify = (bytes: Uint8Array): ExportVerification => verifyExport(bytes, trust);

describe("an incident export", () => {
  it("verifies with nothing but the archive and the keys, and says what it holds", () => {
    expect(verify(archive)).toEqual({
      verified: true,
      incident: "incident/1",
      exportedAt: "2014-06-01T00:00:00.000Z",
      logSize: 7,
      witnessedBy: [],
      entries: 4,
      events: { checked: 3, erased: 1 },
      answers: 1,
      notices: 1,
      complete: true,
      failure: null,
    });
    expect(verify(buildExport({ ...content, logEntries: null }, exportSigner)).complete).toBeNull();
  });

  it("the same content gives the same bytes, and any tar reads them", () => {
    const shuffled = { ...content, entries: content.entries.toReversed() };
    expect(buildExport(shuffled, exportSigner)).toEqual(archive);
    const folder = mkdtempSync(path.join(tmpdir(), "cordon-export-"));
    try {
      writeFileSync(path.join(folder, "export.tar"), archive);
      execFileSync("tar", ["-xf", "export.tar"], { cwd: folder });
      for (const { name, bytes } of unpacked) {
        expect(readFileSync(path.join(folder, name)).equals(Buffer.from(bytes)), name).toBe(true);
      }
      const listed = execFileSync("tar", ["-tf", "export.tar"], { cwd: folder })
        .toString()
        .trim()
        .split("\n");
      expect(listed).toEqual(unpacked.map(({ name }) => name));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("of a log of several bundles verifies too", async () => {
    const large = await smallIncident(600);
    expect(verify(buildExport(large.content, exportSigner))).toMatchObject({
      verified: true,
      logSize: 607,
      complete: true,
    });
  });

  it("needs the keys of its maker and of the log, and no others", () => {
    const stranger = noteSigner("export.invalid/1", privateKeyPem("03".repeat(32))).key;
    expect(verifyExport(archive, { ...trust, exportKey: stranger }).failure?.name).toBe("manifest.note");
    const otherLog = noteSigner("log.invalid/1", privateKeyPem("03".repeat(32))).key;
    expect(verifyExport(archive, { ...trust, logKey: otherLog }).failure?.name).toBe("key");
  });

  it("asks for witnesses of the checkpoint", () => {
    const witness = cosigner("witness.invalid/1", privateKeyPem("04".repeat(32)));
    const line = Buffer.from(witness.cosign(parseNote(content.checkpoint).text, 100));
    const checkpoint = Buffer.concat([content.checkpoint, line]);
    const witnessed = buildExport({ ...content, checkpoint }, exportSigner);
    const witnesses = { witnesses: [witness.key], threshold: 1 };
    expect(verifyExport(witnessed, { ...trust, witnesses }).witnessedBy).toEqual([
      { name: "witness.invalid/1", atSeconds: 100 },
    ]);
    expect(verifyExport(witnessed, { ...trust, witnesses, nowSeconds: 99 }).verified).toBe(false);
    expect(verifyExport(archive, { ...trust, witnesses }).failure?.name).toBe("checkpoint");
  });
});

describe("the export of vectors/journal", () => {
  const given = vectors("export") as {
    readonly logVkey: string;
    readonly exportVkey: string;
    readonly answer: JsonObject;
    readonly archiveSha256: string;
    readonly archiveBytes: number;
    readonly files: readonly { name: string; text?: string; base64?: string }[];
  };

  it("is the one that we build, byte for byte", () => {
    expect(archive).toHaveLength(given.archiveBytes);
    expect(hex(sha256(archive))).toBe(given.archiveSha256);
  });

  it("is packed from its files, and verifies with its keys", () => {
    const told = given.files.map(({ name, text, base64 }) => ({
      name,
      bytes: text === undefined ? Buffer.from(base64 ?? "", "base64") : Buffer.from(text, "utf8"),
    }));
    const packed = packArchive(told);
    expect(hex(sha256(packed))).toBe(given.archiveSha256);
    const keys = { exportKey: parseVerifierKey(given.exportVkey), logKey: parseVerifierKey(given.logVkey) };
    expect(verifyExport(packed, keys)).toMatchObject({ verified: true, complete: true });
  });

  it("an answer's digest is the one that `scope` gives it", () => {
    expect(`sha256:${answerHex(given.answer)}`).toBe(given.answer["answerDigest"]);
  });
});

describe("content that would not verify is not exported", () => {
  it.each<[string, Partial<ExportContent>]>([
    ["an answer that no event names", { answers: [answer, { a: 1 }] }],
    ["a notice that no event names", { notices: [notice, { a: 1 }] }],
    ["an entry of the incident left out", { entries: content.entries.slice(0, -1), notices: [] }],
    ["an erased event without the erasure", { entries: content.entries.filter((_, i) => i !== 2) }],
    [
      "the checkpoint of another tree",
      { checkpoint: signCheckpoint({ size: 7, root: Buffer.alloc(32, 1) }, logSigner) },
    ],
    ["an incident without entries", { incident: "incident/9" }],
    ["an incident that is no stream", { incident: "incident 1" }],
    ["an entry twice", { entries: [...content.entries, ...content.entries.slice(0, 1)] }],
    ["a log with an entry left out", { logEntries: content.logEntries?.slice(0, -1) ?? null }],
  ])("%s", (_, change) => {
    expect(() => buildExport({ ...content, ...change }, exportSigner)).toThrow(TransparencyError);
  });

  it("entries of other streams may be there", () => {
    const more = { ...content, entries: all.filter((_, seq) => seq !== 1 && seq !== 5) };
    expect(verify(buildExport(more, exportSigner))).toMatchObject({ verified: true, entries: 5 });
  });
});
