import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addCosignatures,
  answerAddCheckpoint,
  consistencyProof,
  cosigner,
  formatAddCheckpoint,
  GrowingTree,
  hashLeaf,
  noteSigner,
  openCheckpoint,
  openWitnessed,
  parseNote,
  parseWitnessKey,
  signCheckpoint,
  signNote,
  TransparencyError,
  type ReadTile,
  type WitnessPolicy,
  type WitnessState,
} from "../src/index.ts";
import { privateKeyPem } from "./vectors.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "utf8");
const signer = noteSigner("example.com/log", privateKeyPem("01".repeat(32)));
const witnessOf = (n: number): ReturnType<typeof cosigner> =>
  cosigner(`witness.example/${n}`, privateKeyPem(`${n}${n}`.repeat(32)));
const witnesses = [4, 5, 6].map(witnessOf);
const begin: WitnessState = new Map([[signer.key.name, { keys: [signer.key], head: null }]]);

function codeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof TransparencyError) return error.code;
    throw error;
  }
}

/** The first `size` leaves of a log that goes its own way, `branch`, from leaf `common` on. */
function treeOf(branch: string, common: number, size: number): { tree: GrowingTree; readTile: ReadTile } {
  const tree = new GrowingTree();
  for (let i = 0; i < size; i++)
    tree.append(hashLeaf(bytes(i < common ? `leaf ${i}` : `leaf ${i} ${branch}`)));
  return { tree, readTile: (level, _, width) => Promise.resolve(tree.edge(level).slice(0, width)) };
}

function checkpointOf(branch: string, common: number, size: number): Uint8Array {
  return signCheckpoint({ size, root: treeOf(branch, common, size).tree.root() }, signer);
}

const checkpoint = checkpointOf("a", 99, 12);
const { text } = parseNote(checkpoint);

function cosigned(
  by: readonly { cosign: (text: string, at: number) => string }[],
  atSeconds = 100,
): Uint8Array {
  return Buffer.concat([checkpoint, bytes(by.map((one) => one.cosign(text, atSeconds)).join(""))]);
}

function open(note: Uint8Array, policy: Partial<WitnessPolicy>, nowSeconds: number | null = 1000): string[] {
  const given = { witnesses: witnesses.map(({ key }) => key), threshold: 0, ...policy };
  return openWitnessed(note, { logKey: signer.key, policy: given, nowSeconds }).witnessedBy.map(
    ({ name }) => name,
  );
}

describe("a checkpoint with cosignatures", () => {
  it("is one of so many known witnesses, others are ignored", () => {
    const note = cosigned([...witnesses.slice(0, 2), witnessOf(7)]);
    expect(open(note, { threshold: 2 })).toEqual(["witness.example/4", "witness.example/5"]);
    expect(codeOf(() => open(note, { threshold: 3 }))).toBe("ERR_WITNESSES_MISSING");
    expect(openCheckpoint(note, signer.key).size).toBe(12);
  });

  it("a witness that signs often counts once, at its latest time", () => {
    const [first] = witnesses;
    if (first === undefined) throw new Error("no witness");
    const note = cosigned([first, { cosign: (told) => first.cosign(told, 200) }, first]);
    expect(codeOf(() => open(note, { threshold: 2 }))).toBe("ERR_WITNESSES_MISSING");
    const policy = { witnesses: [first.key], threshold: 1 };
    const opened = openWitnessed(note, { logKey: signer.key, policy, nowSeconds: null });
    expect(opened.witnessedBy).toEqual([{ name: first.key.name, atSeconds: 200 }]);
    expect(openWitnessed(note, { logKey: signer.key, policy, nowSeconds: 150 }).witnessedBy).toEqual([
      { name: first.key.name, atSeconds: 100 },
    ]);
  });

  it("without the log's own signature witnesses say nothing", () => {
    const note = bytes(`${text}\n${witnesses.map((one) => one.cosign(text, 1)).join("")}`);
    expect(codeOf(() => open(note, { threshold: 3 }))).toBe("ERR_NOTE_UNSIGNED");
  });

  it("a known witness's cosignature that does not fit spoils the checkpoint", () => {
    const [first] = witnesses;
    if (first === undefined) throw new Error("no witness");
    const note = Buffer.concat([checkpoint, bytes(first.cosign(text.replace("12", "13"), 100))]);
    expect(codeOf(() => open(note, { threshold: 0 }))).toBe("ERR_NOTE_SIGNATURE");
  });

  it("every changed byte is found", () => {
    const note = Buffer.from(cosigned(witnesses));
    for (let i = 0; i < note.length; i++) {
      const changed = Buffer.from(note);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(
        codeOf(() => open(changed, { threshold: 3 })),
        `byte ${i}`,
      ).not.toBeNull();
    }
  });

  it("one key can't be two witnesses, nor the log its own witness", () => {
    const [first] = witnesses;
    if (first === undefined) throw new Error("no witness");
    const twin = cosigner("witness.example/twin", privateKeyPem("44".repeat(32)));
    const own = cosigner("witness.example/log", privateKeyPem("01".repeat(32)));
    const note = cosigned([first, twin, own]);
    expect(codeOf(() => open(note, { witnesses: [first.key, twin.key], threshold: 2 }))).toBe(
      "ERR_WITNESS_POLICY",
    );
    expect(codeOf(() => open(note, { witnesses: [first.key, first.key], threshold: 2 }))).toBe(
      "ERR_WITNESS_POLICY",
    );
    expect(codeOf(() => open(note, { witnesses: [own.key], threshold: 1 }))).toBe("ERR_WITNESS_POLICY");
  });

  it.each([-1, 4, 1.5, NaN])("a threshold of %d of 3 is refused", (threshold) => {
    expect(codeOf(() => open(cosigned(witnesses), { threshold }))).toBe("ERR_WITNESS_POLICY");
  });

  it("a witness's vkey line comes back", () => {
    for (const { key } of witnesses) expect(parseWitnessKey(`${key.line}\n`).line).toBe(key.line);
  });

  it.each([-1, 1.5, NaN, Infinity])("%d is no time to cosign at", (timeSeconds) => {
    expect(codeOf(() => witnessOf(4).cosign(text, timeSeconds))).toBe("ERR_COSIGNATURE_TIME");
  });
});

describe("a witness's answer is added to the checkpoint", () => {
  const [first, second] = [witnessOf(4), witnessOf(5)];
  const line = bytes(first.cosign(text, 100));

  it("only lines of its key, each once", () => {
    const more = Buffer.concat([line, bytes(second.cosign(text, 100))]);
    const added = addCosignatures(checkpoint, more, first.key);
    expect(added).toEqual(Buffer.concat([checkpoint, line]));
    expect(addCosignatures(added, line, first.key)).toEqual(added);
  });

  it.each([
    ["of another checkpoint", first.cosign(text.replace("12", "13"), 100), "ERR_NOTE_SIGNATURE"],
    ["of another witness", second.cosign(text, 100), "ERR_NOTE_UNSIGNED"],
    ["that is no line", "no\n", "ERR_NOTE_MALFORMED"],
    ["that is empty", "", "ERR_NOTE_MALFORMED"],
    ["with a blank line in it", `x\n\n${first.cosign(text, 100)}`, "ERR_NOTE_MALFORMED"],
  ])("an answer %s is refused", (_, answer, code) => {
    expect(codeOf(() => addCosignatures(checkpoint, bytes(answer), first.key))).toBe(code);
  });
});

describe("a witness", () => {
  const given = { cosigner: witnessOf(4), timeSeconds: 100 };

  async function ask(state: WitnessState, oldSize: number, branch: string, size: number, common = 5) {
    const { readTile } = treeOf(branch, common, size);
    const proof = oldSize > 0 && oldSize < size ? await consistencyProof(oldSize, size, readTile) : [];
    const request = { oldSize, proof, checkpoint: checkpointOf(branch, common, size) };
    return answerAddCheckpoint(state, formatAddCheckpoint(request), given);
  }

  it("cosigns a log that grows, and the log's checkpoint is then a witnessed one", async () => {
    let state = begin;
    let size = 0;
    for (const next of [1, 5, 5, 9, 16, 17]) {
      const answer = await ask(state, size, "a", next);
      expect(answer.status).toBe(200);
      const note = addCosignatures(checkpointOf("a", 5, next), bytes(answer.body), given.cosigner.key);
      expect(open(note, { threshold: 1 })).toEqual([given.cosigner.key.name]);
      [state, size] = [answer.state, next];
    }
  });

  it("tells the size it knows to whom does not know it", async () => {
    const { state } = await ask(begin, 0, "a", 9);
    expect(await ask(state, 0, "a", 12)).toMatchObject({
      status: 409,
      contentType: "text/x.tlog.size",
      body: "9\n",
    });
  });

  it("refuses the other side of a fork, a rollback and another root for the same size", async () => {
    const { state } = await ask(begin, 0, "a", 9);
    expect((await ask(state, 9, "b", 12)).status).toBe(422);
    expect((await ask(state, 9, "b", 9)).status).toBe(409);
    expect((await ask(state, 9, "a", 7)).status).toBe(400);
    expect((await ask(state, 7, "a", 9)).status).toBe(409);
  });

  it("takes no checkpoint with extension lines", () => {
    const extended = signNote(`${text}extension\n`, signer);
    const request = formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: extended });
    expect(answerAddCheckpoint(begin, request, given).status).toBe(400);
  });

  it("never cosigns both sides of a fork, whatever a log that signs both asks", async () => {
    const request = fc.record({
      branch: fc.constantFrom("a", "b"),
      proofOf: fc.constantFrom("a", "b"),
      size: fc.integer({ min: 0, max: 20 }),
      // -1: the size that the witness has.
      oldSize: fc.integer({ min: -1, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 8 }),
        fc.array(request, { maxLength: 20 }),
        async (common, asked) => {
          let state = begin;
          const signed: { size: number; branch: string }[] = [];
          for (const { branch, proofOf, size, oldSize } of asked) {
            const known = state.get(signer.key.name)?.head?.size ?? 0;
            const old = oldSize < 0 ? known : oldSize;
            const { readTile } = treeOf(proofOf, common, size);
            const proof = old > 0 && old < size ? await consistencyProof(old, size, readTile) : [];
            const body = formatAddCheckpoint({
              oldSize: old,
              proof,
              checkpoint: checkpointOf(branch, common, size),
            });
            const answer = answerAddCheckpoint(state, body, given);
            if (answer.status === 200) {
              expect(size).toBeGreaterThanOrEqual(known);
              signed.push({ size, branch });
            } else {
              expect(answer.state).toBe(state);
            }
            state = answer.state;
          }
          const branches = new Set(signed.filter(({ size }) => size > common).map(({ branch }) => branch));
          expect(branches.size).toBeLessThan(2);
        },
      ),
      { numRuns: 150 },
    );
  });
});
