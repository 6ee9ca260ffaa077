import { describe, expect, it } from "vitest";
import {
  GrowingTree,
  hashLeaf,
  noteSigner,
  openCheckpoint,
  openNote,
  parseNote,
  parseProof,
  parseVerifierKey,
  signCheckpoint,
  signNote,
  TransparencyError,
  verifyConsistency,
  verifyInclusion,
} from "../src/index.ts";
import {
  consistencyProof,
  encodeTile,
  formatProof,
  inclusionProof,
  openProof,
  type ReadTile,
} from "../src/index.ts";
import { base64, hex, privateKeyPem, publicVectors } from "./vectors.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "utf8");
const unhex = (text: string): Uint8Array => Buffer.from(text, "hex");

function flip(hash: Uint8Array, mask: number): Uint8Array {
  const changed = Buffer.from(hash);
  changed[0] = (changed[0] ?? 0) ^ mask;
  return changed;
}

describe("Certificate Transparency's proofs (transparency-dev/merkle)", () => {
  const cases = publicVectors("merkle") as {
    readonly leaves: readonly string[];
    readonly roots: readonly string[];
    readonly inclusion: readonly { index: number; size: number; proof: string[] }[];
    readonly consistency: readonly { size1: number; size2: number; proof: string[] }[];
    readonly someHash: string;
  };
  const rootAt = (size: number): Uint8Array => unhex(cases.roots[size - 1] ?? "");
  const some = unhex(cases.someHash);
  const none = new Uint8Array();

  it.each(cases.inclusion)(
    "inclusion of $index in $size, and none of its corruptions",
    ({ index, size, proof }) => {
      const given = {
        leafHash: hashLeaf(unhex(cases.leaves[index] ?? "")),
        index,
        size,
        proof: proof.map(unhex),
        root: rootAt(size),
      };
      expect(verifyInclusion(given)).toBe(true);
      const { proof: hashes, root, leafHash } = given;
      const corruptions: readonly [string, Partial<typeof given>][] = [
        ["leafIndex - 1", { index: index - 1 }],
        ["leafIndex + 1", { index: index + 1 }],
        ["leafIndex ^ 2", { index: index ^ 2 }],
        ["treeSize * 2", { size: size * 2 }],
        ["treeSize / 2", { size: Math.floor(size / 2) }],
        ["wrong leaf", { leafHash: bytes("WrongLeaf") }],
        ["empty leaf", { leafHash: none }],
        ["empty root", { root: none }],
        ["empty root and leaf", { root: none, leafHash: none }],
        ["random root", { root: some }],
        ["trailing garbage", { proof: [...hashes, none] }],
        ["trailing root", { proof: [...hashes, root] }],
        ["preceding garbage", { proof: [none, ...hashes] }],
        ["preceding root", { proof: [root, ...hashes] }],
        ...hashes.map((hash, i): [string, Partial<typeof given>] => [
          `modified proof[${i}] bit 3`,
          { proof: hashes.with(i, flip(hash, 8)) },
        ]),
      ];
      for (const [what, change] of corruptions)
        expect(verifyInclusion({ ...given, ...change }), what).toBe(false);
      if (hashes.length > 0) expect(verifyInclusion({ ...given, proof: hashes.slice(0, -1) })).toBe(false);
      if (hashes.length > 1) {
        const [first = none, ...rest] = hashes;
        expect(verifyInclusion({ ...given, proof: [first, some, ...rest] }), "inserted component").toBe(
          false,
        );
      }
      expect(verifyInclusion({ ...given, leafHash: root, root: leafHash })).toBe(size === 1);
    },
  );

  it.each(cases.consistency)("consistency of $size1 with $size2, and none of its corruptions", (told) => {
    const { size1, size2 } = told;
    const proof = told.proof.map(unhex);
    const given = { size1, size2, root1: rootAt(size1), root2: rootAt(size2), proof };
    const { root1, root2 } = given;
    expect(verifyConsistency(given)).toBe(true);
    if (size1 === size2) {
      expect(verifyConsistency({ ...given, proof: [root1] })).toBe(false);
      expect(verifyConsistency({ ...given, root1: bytes("no root"), root2: bytes("no root") })).toBe(false);
      return;
    }
    const corruptions: readonly [string, Partial<typeof given>][] = [
      ["size1 - 1", { size1: size1 - 1 }],
      ["size1 + 1", { size1: size1 + 1 }],
      ["size1 ^ 2", { size1: size1 ^ 2 }],
      ["size2 * 2", { size2: size2 * 2 }],
      ["size2 / 2", { size2: Math.floor(size2 / 2) }],
      ["wrong root1", { root1: bytes("WrongRoot") }],
      ["wrong root2", { root2: bytes("WrongRoot") }],
      ["swapped roots", { root1: root2, root2: root1 }],
      ["empty proof", { proof: [] }],
      ["trailing garbage", { proof: [...proof, none] }],
      ["trailing root1", { proof: [...proof, root1] }],
      ["trailing root2", { proof: [...proof, root2] }],
      ["preceding garbage", { proof: [none, ...proof] }],
      ["preceding root1", { proof: [root1, ...proof] }],
      ["preceding root2", { proof: [root2, ...proof] }],
      ["preceding proof[0]", { proof: [proof[0] ?? none, ...proof] }],
      ["truncated proof", { proof: proof.slice(0, -1) }],
      ...proof.map((hash, i): [string, Partial<typeof given>] => [
        `modified proof[${i}] bit 4`,
        { proof: proof.with(i, flip(hash, 16)) },
      ]),
    ];
    for (const [what, change] of corruptions)
      expect(verifyConsistency({ ...given, ...change }), what).toBe(false);
  });
});

describe("a log of 961,984,013 entries (Google Argon 2020)", () => {
  const log = publicVectors("argon2020") as {
    readonly size: number;
    readonly root: string;
    readonly inclusion: {
      readonly index: number;
      readonly leafInput: string;
      readonly proof: readonly string[];
    };
    readonly consistency: {
      readonly size1: number;
      readonly root1: string;
      readonly proof: readonly string[];
    };
  };
  const { size } = log;
  const root = base64(log.root);

  it("holds the entry, at its index and no other", () => {
    const { index, leafInput } = log.inclusion;
    const proof = log.inclusion.proof.map(base64);
    const leafHash = hashLeaf(base64(leafInput));
    expect(verifyInclusion({ leafHash, index, size, proof, root })).toBe(true);
    // Only the left edge's shape depends on the size: it is the root that binds it.
    for (const other of [0, index - 1, index + 1, size - 1, size]) {
      expect(verifyInclusion({ leafHash, index: other, size, proof, root })).toBe(false);
    }
    proof.forEach((hash, i) => {
      expect(verifyInclusion({ leafHash, index, size, proof: proof.with(i, flip(hash, 1)), root })).toBe(
        false,
      );
    });
    expect(verifyInclusion({ leafHash: flip(leafHash, 1), index, size, proof, root })).toBe(false);
  });

  it("began with the tree of 3,654,490", () => {
    const { size1 } = log.consistency;
    const proof = log.consistency.proof.map(base64);
    const heads = { size1, size2: size, root1: base64(log.consistency.root1), root2: root };
    expect(verifyConsistency({ ...heads, proof })).toBe(true);
    expect(verifyConsistency({ ...heads, size1: size1 + 1, proof })).toBe(false);
    proof.forEach((hash, i) => {
      expect(verifyConsistency({ ...heads, proof: proof.with(i, flip(hash, 1)) })).toBe(false);
    });
  });
});

describe("signed notes (golang.org/x/mod/sumdb/note)", () => {
  const given = publicVectors("signed-note") as {
    readonly text: string;
    readonly vkey: string;
    readonly seed: string;
    readonly line: string;
    readonly otherVkey: string;
    readonly otherLine: string;
    readonly badVkeys: readonly string[];
  };
  const { text, line, otherLine } = given;
  const key = parseVerifierKey(given.vkey);
  const other = parseVerifierKey(given.otherVkey);

  it("are opened with either key, and signed byte for byte", () => {
    const note = bytes(`${text}\n${line}${otherLine}`);
    expect(openNote(note, key)).toBe(text);
    expect(openNote(note, other)).toBe(text);
    const signer = noteSigner(key.name, privateKeyPem(given.seed));
    expect(signer.key.line).toBe(given.vkey);
    expect(Buffer.from(signNote(text, signer)).toString("utf8")).toBe(`${text}\n${line}`);
  });

  it.each([
    text,
    `${text}\n`,
    `${text}\n${line.slice(0, -1)}`,
    `\u0001${text}\n${line}`,
    `${text}\n— Bad Name ${line.slice("— PeterNeumann ".length)}`,
    `${text}\n${line}Unexpected line.\n`,
    `${text}\n${line.repeat(101)}`,
    `${text}\n${line.slice(0, 60)}ABCD${line.slice(60)}`,
    `${text}\n${line.replaceAll("PeterNeumann", "CarmenSandiego")}`,
    `${text}\n${line.replace("x08g", "xxxx")}`,
    `${text}\n${otherLine}`,
  ])("refuse %j", (note) => {
    expect(() => openNote(bytes(note), key)).toThrow(TransparencyError);
  });

  it("a note that is not UTF-8 is refused", () => {
    expect(() => parseNote(Buffer.concat([Uint8Array.of(0xff), bytes(`${text}\n${line}`)]))).toThrow(
      TransparencyError,
    );
  });

  it("no part of a vkey and no changed character is a vkey", () => {
    const { vkey } = given;
    for (let start = 0; start <= vkey.length; start++) {
      for (let end = start + 1; end <= vkey.length; end++) {
        if (start === 0 && end === vkey.length) continue;
        expect(() => parseVerifierKey(vkey.slice(start, end))).toThrow(TransparencyError);
      }
    }
    for (let i = 0; i < vkey.length; i++) {
      const changed = vkey.slice(0, i) + String.fromCharCode(vkey.charCodeAt(i) + 1) + vkey.slice(i + 1);
      expect(() => parseVerifierKey(changed), changed).toThrow(TransparencyError);
    }
    for (const bad of given.badVkeys) expect(() => parseVerifierKey(bad)).toThrow(TransparencyError);
  });
});

describe("the Go checksum database", () => {
  const given = publicVectors("gosum") as {
    readonly vkey: string;
    readonly heads: readonly { size: number; root: string; note: string }[];
    readonly alsoSigned: { readonly note: string; readonly vkeys: readonly string[] };
  };
  const key = parseVerifierKey(given.vkey);

  it.each(given.heads)("signed its head of $size, and nothing near it", ({ size, root, note }) => {
    expect(openNote(bytes(note), key)).toBe(`go.sum database tree\n${size}\n${root}\n`);
    for (const changed of [
      note.replace(String(size), String(size + 1)),
      note.replace(root.slice(0, 4), "AAAA"),
      note.replace("tree", "tre"),
      note.replace("\n\n", "\nextension\n\n"),
    ]) {
      expect(() => openNote(bytes(changed), key)).toThrow(TransparencyError);
    }
  });

  it("a head with signatures of others is opened with each key", () => {
    for (const vkey of [given.vkey, ...given.alsoSigned.vkeys]) {
      expect(openNote(bytes(given.alsoSigned.note), parseVerifierKey(vkey))).toContain("6476701");
    }
  });
});

describe("Tessera's test log", () => {
  const log = publicVectors("tessera-log") as {
    readonly vkey: string;
    readonly seed: string;
    readonly entries: readonly string[];
    readonly checkpoints: readonly { size: number; root: string; note: string }[];
  };
  const key = parseVerifierKey(log.vkey);
  const signer = noteSigner(key.name, privateKeyPem(log.seed));
  const grow = (size: number): GrowingTree => {
    const tree = new GrowingTree();
    for (const entry of log.entries.slice(0, size)) tree.append(hashLeaf(bytes(entry)));
    return tree;
  };

  it.each(log.checkpoints)("checkpoint of $size is ours, byte for byte", ({ size, root, note }) => {
    expect(openCheckpoint(bytes(note), key)).toEqual({ origin: key.name, size, root: base64(root) });
    expect(Buffer.from(signCheckpoint({ size, root: grow(size).root() }, signer)).toString("utf8")).toBe(
      note,
    );
  });

  it("its checkpoints are consistent, and each proves its entries", async () => {
    const whole = grow(15);
    const readTile: ReadTile = (level, _, width) => Promise.resolve(whole.edge(level).slice(0, width));
    const last = log.checkpoints.at(-1);
    if (last === undefined) throw new Error("no checkpoint");
    for (const { size, root } of log.checkpoints) {
      if (size === 0) continue;
      const proof = await consistencyProof(size, 15, readTile);
      const heads = { size1: size, size2: 15, root1: base64(root), root2: base64(last.root), proof };
      expect(verifyConsistency(heads)).toBe(true);
      if (size < 15) expect(verifyConsistency({ ...heads, root1: heads.root2 })).toBe(false);
    }
    for (const [index, entry] of log.entries.slice(0, 15).entries()) {
      const hashes = await inclusionProof(index, 15, readTile);
      const proof = formatProof({ extra: bytes(entry), index, hashes, checkpoint: bytes(last.note) });
      expect(openProof(proof, key)).toMatchObject({ index, checkpoint: { size: 15 } });
      const other = formatProof({ extra: bytes(`${entry}!`), index, hashes, checkpoint: bytes(last.note) });
      expect(() => openProof(other, key)).toThrow(TransparencyError);
    }
  });

  it("its incomplete tile is the entries' leaf hashes one after the other", () => {
    const tile = encodeTile(grow(15).edge(0));
    expect(tile).toHaveLength(15 * 32);
    expect(hex(tile)).toBe(
      log.entries
        .slice(0, 15)
        .map((entry) => hex(hashLeaf(bytes(entry))))
        .join(""),
    );
  });
});

describe("tlog-proofs (transparency-dev/formats)", () => {
  const given = publicVectors("tlog-proof") as { wellFormed: string; malformed: readonly string[] };

  it("a well-formed one comes back byte for byte", () => {
    const proof = parseProof(bytes(given.wellFormed));
    expect(proof.index).toBe(10);
    expect(Buffer.from(proof.extra ?? []).toString("utf8")).toBe("extra information");
    expect(Buffer.from(formatProof(proof)).toString("utf8")).toBe(given.wellFormed);
  });

  it.each(given.malformed)("refuse %j", (proof) => {
    expect(() => parseProof(bytes(proof))).toThrow(TransparencyError);
  });
});
