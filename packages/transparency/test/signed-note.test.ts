import { describe, expect, it } from "vitest";
import {
  noteSigner,
  openCheckpoint,
  openNote,
  parseCheckpoint,
  parseNote,
  parseTreeSize,
  parseVerifierKey,
  signCheckpoint,
  signNote,
  TransparencyError,
} from "../src/index.ts";
import { privateKeyPem, vectors } from "./vectors.ts";

interface NoteVectors {
  readonly notes: readonly { note: string; vkey: string; valid: boolean; why?: string }[];
  readonly vkeys: readonly { vkey: string; valid: boolean }[];
}

const cases = vectors("notes") as NoteVectors;
const bytes = (text: string): Uint8Array => Buffer.from(text, "utf8");
const signer = noteSigner("example.com/log", privateKeyPem("07".repeat(32)));

function codeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof TransparencyError) return error.code;
    throw error;
  }
}

describe("C2SP signed-note", () => {
  it.each(cases.notes.map((given) => ({ ...given, why: given.why ?? "signed by the key" })))(
    "$valid: $why",
    ({ note, vkey, valid }) => {
      const opened = codeOf(() => openNote(bytes(note), parseVerifierKey(vkey)));
      if (valid) expect(opened).toBeNull();
      else expect(opened).not.toBeNull();
    },
  );

  it.each(cases.vkeys)("vkey `$vkey`: $valid", ({ vkey, valid }) => {
    expect(codeOf(() => parseVerifierKey(vkey)) === null).toBe(valid);
    if (valid) expect(parseVerifierKey(`${vkey}\n`).line).toBe(vkey);
  });

  it("signs what it opens, and the text may hold blank lines", () => {
    const note = signNote("one\n\nthree\n", signer);
    expect(openNote(note, signer.key)).toBe("one\n\nthree\n");
    expect(parseNote(note).signatures).toHaveLength(1);
  });

  it("every changed byte of a note is found", () => {
    const note = signNote("some text\n", signer);
    for (let i = 0; i < note.length; i++) {
      for (const bit of [1, 4, 32, 128]) {
        const changed = Buffer.from(note);
        changed[i] = (changed[i] ?? 0) ^ bit;
        expect(
          codeOf(() => openNote(changed, signer.key)),
          `byte ${i} bit ${bit}`,
        ).not.toBeNull();
      }
    }
  });

  it("accepts at least 16 signatures and refuses without limit", () => {
    const one = Buffer.from(signNote("text\n", signer)).toString("utf8");
    const line = one.slice(one.indexOf("—"));
    expect(codeOf(() => openNote(bytes(`text\n\n${line.repeat(16)}`), signer.key))).toBeNull();
    expect(codeOf(() => openNote(bytes(`text\n\n${line.repeat(101)}`), signer.key))).toBe(
      "ERR_NOTE_MALFORMED",
    );
  });

  it("takes no key name with a space or a plus", () => {
    for (const name of ["", "a b", "a+b", "a\u00a0b", "a\nb"]) {
      expect(codeOf(() => noteSigner(name, privateKeyPem("07".repeat(32))))).toBe("ERR_LOG_KEY");
    }
  });
});

describe("C2SP tlog-checkpoint", () => {
  const root = Buffer.alloc(32, 9);

  it("is origin, size and root; the origin is the key's name", () => {
    const checkpoint = signCheckpoint({ size: 12, root }, signer);
    const opened = openCheckpoint(checkpoint, signer.key);
    expect(opened).toEqual({ origin: "example.com/log", size: 12, root });
    expect(Buffer.from(checkpoint).toString("utf8").split("\n").slice(0, 4)).toEqual([
      "example.com/log",
      "12",
      root.toString("base64"),
      "",
    ]);
    const foreign = signNote(`example.com/other\n12\n${root.toString("base64")}\n`, signer);
    expect(codeOf(() => openCheckpoint(foreign, signer.key))).toBe("ERR_CHECKPOINT_ORIGIN");
  });

  it.each([
    ["an extension line", `example.com/log\n12\n${root.toString("base64")}\nmore\n`],
    ["a leading zero", `example.com/log\n012\n${root.toString("base64")}\n`],
    ["a short root", `example.com/log\n12\n${root.subarray(1).toString("base64")}\n`],
    ["no root", "example.com/log\n12\n"],
    ["no origin", `\n12\n${root.toString("base64")}\n`],
  ])("refuses %s", (_, text) => {
    expect(codeOf(() => parseCheckpoint(text))).toBe("ERR_CHECKPOINT_MALFORMED");
  });

  it("reads sizes exactly or not at all", () => {
    expect(["0", "7", "9007199254740991"].map(parseTreeSize)).toEqual([0, 7, 2 ** 53 - 1]);
    expect(["", "-1", "+1", "01", "1e3", "9007199254740992", "1 "].map(parseTreeSize)).toEqual(
      Array.from({ length: 7 }, () => null),
    );
  });
});
