import { describe, expect, it } from "vitest";
import {
  buildExport,
  commitmentOf,
  cosigner,
  encodeEntry,
  eventText,
  formatProof,
  parseNote,
  parseProof,
  signCheckpoint,
  TransparencyError,
  verifyExport,
  type ExportVerification,
} from "../../src/index.ts";
import { encodeManifest, manifestEntry, signManifest } from "../../src/export/manifest.ts";
import { packArchive, unpackArchive, type ArchiveFile } from "../../src/export/ustar.ts";
import { privateKeyPem } from "../vectors.ts";
import { exportSigner, logSigner, saltOf, smallIncident } from "./small-incident.ts";

const trust = { exportKey: exportSigner.key, logKey: logSigner.key };
const { content } = await smallIncident();
const archive = buildExport(content, exportSigner);
const unpacked = unpackArchive(archive, 1000);
const verify = (bytes: Uint8Array): ExportVerification => verifyExport(bytes, trust);
const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value), "utf8");

/** An archive that the export key signs over whatever files it is given: what only its owner can make. */
function signedOver(given: readonly ArchiveFile[]): Uint8Array {
  return signedInOrder(given.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
}

function signedInOrder(files: readonly ArchiveFile[]): Uint8Array {
  const manifest = encodeManifest({
    incident: "incident/1",
    exportedAtMs: 0,
    files: files.map(manifestEntry),
  });
  return packArchive([
    { name: "manifest.note", bytes: signManifest(manifest, exportSigner) },
    { name: "manifest.json", bytes: manifest },
    ...files,
  ]);
}

const files = unpacked.slice(2);
const without = (name: string): ArchiveFile[] => files.filter((file) => file.name !== name);
const changed = (name: string, bytes: Uint8Array): ArchiveFile[] =>
  files.map((file) => (file.name === name ? { name, bytes } : file));
const bytesOf = (name: string): Buffer => Buffer.from(files.find((file) => file.name === name)?.bytes ?? []);

describe("an archive that was tampered with", () => {
  it("is refused whatever byte was changed", () => {
    const bytes = Buffer.from(archive);
    // Every byte of headers, padding and the short files; one bit each is enough, as every byte is compared or hashed.
    for (let i = 0; i < bytes.length; i++) {
      if (i % 512 > 345 && i % 16 !== 0) continue;
      const before = bytes[i] ?? 0;
      bytes[i] = before ^ (1 << (i % 8));
      expect(verify(bytes).verified, `byte ${i}`).toBe(false);
      bytes[i] = before;
    }
    expect(verify(bytes).verified).toBe(true);
  });

  it("is refused when it was cut, extended or is something else", () => {
    for (let length = 0; length < archive.length; length += 97) {
      expect(verify(archive.subarray(0, length)).verified, `${length} bytes`).toBe(false);
    }
    for (const more of [1, 512, 10_240]) {
      expect(verify(Buffer.concat([archive, Buffer.alloc(more)])).verified).toBe(false);
    }
    expect(verify(Buffer.concat([archive, archive])).verified).toBe(false);
    expect(verify(Buffer.from("nonsense")).verified).toBe(false);
    expect(verify(Buffer.alloc(1024)).verified).toBe(false);
  });

  it("is refused when files were reordered, left out, added or doubled", () => {
    const [note, manifest, ...rest] = unpacked;
    if (note === undefined || manifest === undefined) throw new Error("no manifest");
    const head = [note, manifest];
    expect(verify(packArchive([...head, ...rest])).verified).toBe(true);
    expect(verify(packArchive([...head, ...rest.toReversed()])).verified).toBe(false);
    expect(verify(packArchive([manifest, note, ...rest])).verified).toBe(false);
    expect(verify(packArchive(rest)).verified).toBe(false);
    for (let i = 0; i < rest.length; i++) {
      expect(verify(packArchive([...head, ...rest.toSpliced(i, 1)])).verified).toBe(false);
      const [first, second] = [rest[i], rest[i + 1]];
      if (first === undefined || second === undefined) continue;
      expect(verify(packArchive([...head, ...rest.toSpliced(i, 2, second, first)])).verified).toBe(false);
      const swapped = rest.toSpliced(
        i,
        2,
        { ...first, bytes: second.bytes },
        { ...second, bytes: first.bytes },
      );
      expect(verify(packArchive([...head, ...swapped])).verified).toBe(false);
    }
    expect(verify(packArchive([...head, ...rest, { name: "more.json", bytes: json({}) }])).verified).toBe(
      false,
    );
  });

  it("no name leads out of the folder it is unpacked in", () => {
    const names = [
      "../x",
      "a/../x",
      "/x",
      "a//x",
      ".",
      "..",
      "./x",
      "a/.",
      "a/..",
      ".hidden",
      "a/.hidden",
      "",
      "a/",
      "a\\x",
      "C:x",
      "a b",
      "ä",
      "a\nb",
      "a".repeat(101),
    ];
    for (const name of names) {
      expect(() => packArchive([{ name, bytes: json({}) }]), name).toThrow(TransparencyError);
    }
    // A header with such a name, made by hand with a checksum that fits.
    const header = Buffer.from(packArchive([{ name: "aaaaaaaaaa", bytes: new Uint8Array() }]));
    for (const name of ["../../../x", "/etc/passw", "a/../../bb"]) {
      const forged = Buffer.from(header);
      const sum = (text: string): number => Buffer.from(text).reduce((total, byte) => total + byte, 0);
      const told = Number.parseInt(header.toString("latin1", 148, 154), 8) - sum("aaaaaaaaaa") + sum(name);
      forged.write(name, 0, "latin1");
      forged.write(told.toString(8).padStart(6, "0"), 148, "latin1");
      expect(() => unpackArchive(forged, 10), name).toThrow(/leads out of its folder/);
    }
  });

  it("a link, a folder or a device is no file of an archive", () => {
    for (const type of ["1", "2", "3", "5", "6", "L", "x", "g", "\0"]) {
      const forged = Buffer.from(archive);
      const told =
        Number.parseInt(forged.toString("latin1", 148, 154), 8) - "0".charCodeAt(0) + type.charCodeAt(0);
      forged.write(type, 156, "latin1");
      forged.write(told.toString(8).padStart(6, "0"), 148, "latin1");
      expect(verify(forged).failure?.reason, type).toMatch(/header/);
    }
  });

  it("a file that says to be larger than the archive, or too many files, are refused before they are read", () => {
    const forged = Buffer.from(archive);
    forged.write("77777777777", 124, "latin1");
    expect(verify(forged).failure?.reason).toMatch(/longer than the archive/);
    const many = Array.from({ length: 11 }, (_, i) => ({ name: `f${i}`, bytes: new Uint8Array() }));
    expect(() => unpackArchive(packArchive(many), 10)).toThrow(/over 10 files/);
    const huge = new Uint8Array((1 << 29) + 1);
    expect(verify(huge).failure?.reason).toMatch(/expected at most/);
  });
});

describe("what the maker of an export could sign and nobody must believe", () => {
  const eventOf3 = JSON.parse(bytesOf("events/3.json").toString()) as { event: unknown; salt: string };

  it("the same files signed anew verify, in the one order", () => {
    expect(verify(signedOver(files)).verified).toBe(true);
    expect(verify(signedInOrder(files.toReversed())).failure?.reason).toMatch(/expected by name/);
  });

  it.each<[string, ArchiveFile[], string | null]>([
    [
      "another event",
      changed("events/3.json", json({ event: { answer: {} }, salt: eventOf3.salt })),
      "events/3.json",
    ],
    ["an event without its salt", changed("events/3.json", json({ event: eventOf3.event })), "events/3.json"],
    [
      "an event that is not canonical",
      changed("events/3.json", Buffer.concat([bytesOf("events/3.json"), Buffer.from(" ")])),
      "events/3.json",
    ],
    ["an event left out", without("events/3.json"), "events/3.json"],
    ["another entry", changed("entries/3.json", bytesOf("entries/2.json")), "entries/3.json"],
    ["no proof", without("proofs/3.tlog-proof"), "proofs/3.tlog-proof"],
    [
      "the proof of another entry",
      changed("proofs/3.tlog-proof", bytesOf("proofs/2.tlog-proof")),
      "proofs/3.tlog-proof",
    ],
    [
      "a proof that leads elsewhere",
      changed(
        "proofs/3.tlog-proof",
        Buffer.from(bytesOf("proofs/3.tlog-proof").toString().replace("index 3", "index 2")),
      ),
      "proofs/3.tlog-proof",
    ],
    ["no checkpoint", without("checkpoint"), "checkpoint"],
    [
      "another checkpoint",
      changed("checkpoint", signCheckpoint({ size: 7, root: Buffer.alloc(32, 1) }, logSigner)),
      "proofs/2.tlog-proof",
    ],
    ["another log's key", changed("key", Buffer.from(`${exportSigner.key.line}\n`)), "key"],
    [
      "an answer that no event names",
      [...files, { name: `answers/${"0".repeat(64)}.json`, bytes: json({ a: 1 }) }],
      `answers/${"0".repeat(64)}.json`,
    ],
    [
      "a changed answer",
      files.map((file) =>
        file.name.startsWith("answers/") ? { ...file, bytes: json({ accounts: 2 }) } : file,
      ),
      files.find(({ name }) => name.startsWith("answers/"))?.name ?? null,
    ],
    [
      "a changed notice",
      files.map((file) =>
        file.name.startsWith("notices/") ? { ...file, bytes: json({ from: "x" }) } : file,
      ),
      files.find(({ name }) => name.startsWith("notices/"))?.name ?? null,
    ],
    ["a file of no kind", [...files, { name: "more.json", bytes: json({}) }], "more.json"],
    [
      "an entry of the incident left out",
      files.filter(({ name }) => !/\/6\./.test(name) && !name.startsWith("notices/")),
      null,
    ],
    ["a bundle left out of a large log", changed("tile/entries/000.p/7", Buffer.from([])), null],
    ["the erasure left out", files.filter(({ name }) => !/\/4\./.test(name)), "events/2.json"],
    [
      "no entry of the incident",
      files.filter(({ name }) => /^(key|checkpoint|veris.json)$|\/4\./.test(name)),
      null,
    ],
  ])("%s", (_, forged, name) => {
    const { verified, failure } = verify(signedOver(forged));
    expect(verified).toBe(false);
    if (name !== null) expect(failure?.name).toBe(name);
  });

  it("an event that the log says was erased", () => {
    const opening = { salt: saltOf(2), event: { name: "Zoë" } };
    const leaked = content.entries.map((entry, i) => (i === 0 ? { ...entry, opening } : entry));
    expect(() => buildExport({ ...content, entries: leaked }, exportSigner)).toThrow(
      /says that it was erased/,
    );
  });

  it("an entry that the log never held, with an event that fits it", () => {
    const forged = encodeEntry({
      seq: 3,
      atMs: 0,
      type: "answer-given",
      stream: "incident/1",
      commitment: commitmentOf(saltOf(3), eventText({ forged: true })),
    });
    const opening = { salt: saltOf(3), event: { forged: true } };
    const entries = content.entries.map((entry, i) =>
      i === 1 ? { ...entry, entry: forged, opening } : entry,
    );
    expect(() => buildExport({ ...content, entries, answers: [] }, exportSigner)).toThrow(
      /does not lead from entry 3/,
    );
  });

  it("a proof with other bytes beside it, or against another checkpoint of the same tree", () => {
    const proof = parseProof(bytesOf("proofs/3.tlog-proof"));
    const stranger = cosigner("witness.invalid/9", privateKeyPem("09".repeat(32)));
    const line = Buffer.from(stranger.cosign(parseNote(content.checkpoint).text, 1));
    for (const other of [
      { ...proof, extra: bytesOf("entries/2.json") },
      { ...proof, extra: null },
      { ...proof, checkpoint: Buffer.concat([proof.checkpoint, line]) },
    ]) {
      const forged = signedOver(changed("proofs/3.tlog-proof", formatProof(other)));
      expect(verify(forged).failure?.name).toBe("proofs/3.tlog-proof");
    }
  });

  it("a log of other entries than the checkpoint's", () => {
    const other = Buffer.from(
      Buffer.from(content.logEntries?.[5] ?? [])
        .toString()
        .replace("noted", "nothd"),
    );
    const logEntries = content.logEntries?.with(5, other) ?? null;
    expect(() => buildExport({ ...content, logEntries }, exportSigner)).toThrow(
      /do not lead to the checkpoint's root/,
    );
  });

  it("a log whose entry hides behind the number of another", async () => {
    const { content: hiding } = await smallIncident(0, (entry, seq) =>
      seq === 5
        ? Buffer.from(
            Buffer.from(entry).toString().replace('"seq":5', '"seq":3').replace("incident/2", "incident/1"),
          )
        : entry,
    );
    expect(() => buildExport(hiding, exportSigner)).toThrow(/entry 5 of the log says that it is entry 3/);
  });

  it("a name that stands twice", () => {
    const one = packArchive([{ name: "a", bytes: json({}) }]);
    const twice = Buffer.concat([one.subarray(0, 1024), one]);
    expect(() => unpackArchive(twice, 10)).toThrow(/stands twice/);
  });

  it("a manifest over other bytes than the note's", () => {
    const [note] = unpacked;
    const manifest = encodeManifest({
      incident: "incident/1",
      exportedAtMs: 1,
      files: files.map(manifestEntry),
    });
    const forged = packArchive([
      note ?? { name: "x", bytes: manifest },
      { name: "manifest.json", bytes: manifest },
      ...files,
    ]);
    expect(verify(forged).failure?.name).toBe("manifest.note");
    expect(verify(forged).failure?.reason).toMatch(/another manifest/);
  });
});
