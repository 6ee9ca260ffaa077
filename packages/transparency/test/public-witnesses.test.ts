import { describe, expect, it } from "vitest";
import {
  answerAddCheckpoint,
  cosigner,
  emptyRoot,
  encodeBase64,
  formatAddCheckpoint,
  hashLeaf,
  noteSigner,
  openWitnessed,
  parseAddCheckpoint,
  parseNote,
  parseVerifierKey,
  parseWitnessKey,
  sha256,
  signCheckpoint,
  TransparencyError,
  type WitnessState,
} from "../src/index.ts";
import { privateKeyPem, publicVectors } from "./vectors.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "utf8");

describe("cosignatures of the public witness network", () => {
  const given = publicVectors("cosignatures") as {
    readonly checkpoint: string;
    readonly logVkey: string;
    readonly size: number;
    readonly witnesses: readonly string[];
    readonly absentWitnesses: readonly string[];
    readonly cosignedAtSeconds: number;
    readonly badVkeys: readonly string[];
    readonly example: string;
    readonly exampleTimeSeconds: number;
  };
  const logKey = parseVerifierKey(given.logVkey);
  const present = given.witnesses.map(parseWitnessKey);
  const absent = given.absentWitnesses.map(parseWitnessKey);
  const open = (
    checkpoint: string,
    threshold: number,
    witnesses = [...present, ...absent],
    nowSeconds: number | null = null,
  ): ReturnType<typeof openWitnessed> =>
    openWitnessed(bytes(checkpoint), { logKey, policy: { witnesses, threshold }, nowSeconds });

  it("three of six have cosigned, at the second they say", () => {
    const { size, witnessedBy } = open(given.checkpoint, 3);
    expect(size).toBe(given.size);
    expect(witnessedBy.map(({ name }) => name)).toEqual(present.map(({ name }) => name));
    expect(new Set(witnessedBy.map(({ atSeconds }) => atSeconds))).toEqual(
      new Set([given.cosignedAtSeconds]),
    );
    expect(() => open(given.checkpoint, 4)).toThrow(/cosigned by 3 known witnesses, expected 4/);
  });

  it("a changed checkpoint, time or signature is no cosigned one", () => {
    const [witness] = given.witnesses.map(parseWitnessKey);
    if (witness === undefined) throw new Error("no witness");
    const { text, signatures } = parseNote(bytes(given.checkpoint));
    const own = signatures.find(({ keyId }) => keyId === witness.keyId)?.signature ?? new Uint8Array();
    expect(witness.cosignedAtSeconds(bytes(text), own)).toBe(given.cosignedAtSeconds);
    for (let i = 0; i < own.length; i++) {
      const changed = Buffer.from(own);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(witness.cosignedAtSeconds(bytes(text), changed), `byte ${i}`).toBeNull();
    }
    for (const changed of [text.replace("1432088532", "1432088531"), `${text}x\n`, text.slice(0, -1)]) {
      expect(witness.cosignedAtSeconds(bytes(changed), own)).toBeNull();
    }
    expect(witness.cosignedAtSeconds(bytes(text), own.subarray(8))).toBeNull();
  });

  it("a cosignature from the future does not count", () => {
    expect(() => open(given.checkpoint, 1, present, given.cosignedAtSeconds - 1)).toThrow(TransparencyError);
    expect(open(given.checkpoint, 3, present, given.cosignedAtSeconds).witnessedBy).toHaveLength(3);
  });

  it.each(given.badVkeys)("`%s` is no witness's vkey", (vkey) => {
    expect(() => parseWitnessKey(vkey)).toThrow(TransparencyError);
  });

  it("a log's key is no witness's, nor the other way round", () => {
    expect(() => parseWitnessKey(given.logVkey)).toThrow(/expected type 4/);
    expect(() => parseVerifierKey(given.witnesses[0] ?? "")).toThrow(/expected type 1/);
  });

  it("the time stands in the specification's example where we look for it", () => {
    const line = parseNote(bytes(given.example)).signatures[1]?.signature ?? new Uint8Array();
    expect(line).toHaveLength(72);
    expect(Buffer.from(line).readBigUInt64BE()).toBe(BigInt(given.exampleTimeSeconds));
  });
});

describe("what the reference witness answers (litewitness)", () => {
  const given = publicVectors("witness") as {
    readonly origin: string;
    readonly publicKey: string;
    readonly requests: Readonly<Record<string, string>>;
    readonly runs: readonly (readonly [string, number, string | null][])[];
    readonly zeroSize: readonly {
      name: string;
      known: number;
      old: number;
      size: number;
      root: "empty" | "leaf" | "zero";
      proof: boolean;
      status: number;
    }[];
    readonly example: string;
    readonly malformed: readonly string[];
  };
  const witness = {
    cosigner: cosigner("example.com/witness", privateKeyPem("09".repeat(32))),
    timeSeconds: 1,
  };

  function vkeyLine(name: string, publicKeyHex: string): string {
    const typed = Buffer.concat([Uint8Array.of(1), Buffer.from(publicKeyHex, "hex")]);
    const id = Buffer.from(sha256(bytes(`${name}\n`), typed)).toString("hex", 0, 4);
    return `${name}+${id}+${encodeBase64(typed)}`;
  }

  it.each(given.runs.map((run) => ({ run })))("$run", ({ run }) => {
    const key = parseVerifierKey(vkeyLine(given.origin, given.publicKey));
    let state: WitnessState = new Map([[given.origin, { keys: [key], head: null }]]);
    for (const [name, status, body] of run) {
      const request = bytes(given.requests[name] ?? "");
      const answer = answerAddCheckpoint(state, request, witness);
      expect(answer.status, name).toBe(status);
      if (body !== null) {
        expect(answer).toMatchObject({ body, contentType: "text/x.tlog.size" });
      }
      if (status === 200) {
        expect(answer.body).toMatch(/^— example\.com\/witness \S+\n$/);
      } else {
        expect(answer.state).toBe(state);
        expect(answer.body).not.toContain("—");
      }
      state = answer.state;
    }
  });

  it.each(given.zeroSize)("size zero: $name: $status", ({ known, old, size, root, proof, status }) => {
    const signer = noteSigner("example.com/log", privateKeyPem("0a".repeat(32)));
    const leaf = hashLeaf(bytes("leaf"));
    const roots = { empty: emptyRoot(), leaf, zero: new Uint8Array(32) };
    const state: WitnessState = new Map([
      [
        signer.key.name,
        { keys: [signer.key], head: { size: known, root: known === 0 ? roots.empty : leaf } },
      ],
    ]);
    const checkpoint = signCheckpoint({ size, root: roots[root] }, signer);
    const request = formatAddCheckpoint({ oldSize: old, proof: proof ? [leaf] : [], checkpoint });
    const answer = answerAddCheckpoint(state, request, witness);
    expect(answer.status).toBe(status);
    expect(answer.state === state).toBe(status !== 200);
    if (status !== 200) return;
    // Once more, with the old size that it has now: the same answer.
    const again = formatAddCheckpoint({ oldSize: size, proof: [], checkpoint });
    expect(answerAddCheckpoint(answer.state, again, witness)).toMatchObject({
      status: 200,
      body: answer.body,
    });
  });

  it("reads the specification's request as it stands", () => {
    const request = parseAddCheckpoint(bytes(given.example));
    expect(request.oldSize).toBe(20_852_014);
    expect(request.proof).toHaveLength(4);
    expect(parseNote(request.checkpoint).signatures).toHaveLength(2);
    expect(Buffer.from(formatAddCheckpoint(request)).toString("utf8")).toBe(given.example);
  });

  it.each(given.malformed)("refuses %j as malformed", (request) => {
    expect(answerAddCheckpoint(new Map(), bytes(request), witness).status).toBe(400);
  });

  it("knows no log: 404; none of its keys has signed: 403", () => {
    const one = bytes(given.requests["one"] ?? "");
    expect(answerAddCheckpoint(new Map(), one, witness).status).toBe(404);
    const foreign = noteSigner(given.origin, privateKeyPem("0b".repeat(32))).key;
    const state: WitnessState = new Map([[given.origin, { keys: [foreign], head: null }]]);
    expect(answerAddCheckpoint(state, one, witness).status).toBe(403);
    const key = parseVerifierKey(vkeyLine(given.origin, given.publicKey));
    const corrupt = Buffer.from((given.requests["one"] ?? "").replace("UgIom7", "UgIomv"));
    expect(
      answerAddCheckpoint(new Map([[given.origin, { keys: [key], head: null }]]), corrupt, witness).status,
    ).toBe(403);
  });
});
