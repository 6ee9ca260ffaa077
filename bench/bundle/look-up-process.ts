import { readFileSync } from "node:fs";
import path from "node:path";
import { inflateSync, deflateSync } from "node:zlib";

import { AccountHasher, inspectBundle } from "@cordon/bundle";

/** Whether the account with this id and this ordinal is a member. */
type LookUp = (id: string, ordinal: number) => boolean;

const [structure = "", work = ""] = process.argv.slice(2);

const lines = (name: string): readonly (readonly [string, number])[] =>
  readFileSync(path.join(work, name), "latin1")
    .split("\n")
    .map((line) => {
      const [id = "", ordinal = ""] = line.split(" ");
      return [id, Number(ordinal)];
    });

function cohortOf(file: string): LookUp {
  const bundle = inspectBundle(readFileSync(path.join(work, file)));
  bundle.prepare();
  const one = bundle.sets.get("one");
  if (one === undefined) throw new Error("the bundle has no cohort");
  return file === "account.bundle" ? (id) => one.has(id, null) : (_, ordinal) => one.has(null, ordinal);
}

function sortedMembers(): Uint32Array {
  return Uint32Array.from(lines("members.txt"), ([, ordinal]) => ordinal).sort();
}

const starts: Readonly<Record<string, () => LookUp>> = {
  "cordon by account (text, hash included)": () => cohortOf("account.bundle"),
  "cordon by ordinal": () => cohortOf("ordinal.bundle"),
  "Token Status List (index, inflated)": () => {
    const ordinals = sortedMembers();
    const bitmap = new Uint8Array(Math.floor((ordinals.at(-1) ?? 0) / 8) + 1);
    for (const o of ordinals) bitmap[o >>> 3] = (bitmap[o >>> 3] ?? 0) | (1 << (o & 7));
    const list = inflateSync(deflateSync(bitmap));
    return (_, ordinal) => (((list[ordinal >>> 3] ?? 0) >>> (ordinal & 7)) & 1) === 1;
  },
  "JS Set of ids": () => {
    const ids = new Set(lines("members.txt").map(([id]) => id));
    return (id) => ids.has(id);
  },
  "sorted array of ordinals, binary search": () => {
    const ordinals = sortedMembers();
    return (_, ordinal) => {
      let from = 0;
      let to = ordinals.length;
      while (from < to) {
        const middle = (from + to) >>> 1;
        if ((ordinals[middle] ?? 0) < ordinal) from = middle + 1;
        else to = middle;
      }
      return ordinals[from] === ordinal;
    };
  },
  "floor: the id's hash alone": () => {
    const hasher = new AccountHasher(0);
    return (id) => hasher.read(id) && hasher.high % 2 === 0;
  },
  "floor: one character of the id": () => (id) => id.charCodeAt(0) % 2 === 0,
};

const queries = lines("queries.txt");
// Text that stands on its own, as it comes out of a token; not a slice of one long text.
const ids = queries.map(([id]) => Buffer.from(id, "latin1").toString("latin1"));
const ordinals = Uint32Array.from(queries, ([, ordinal]) => ordinal);
const start = starts[structure];
if (start === undefined) throw new Error(`no structure \`${structure}\``);
const has = start();

/** What one round comes to. */
export interface LookUpRound {
  readonly nanoseconds: number;
  readonly members: number;
}

process.on("message", () => {
  let members = 0;
  const started = process.hrtime.bigint();
  for (let i = 0; i < ids.length; i++) if (has(ids[i] ?? "", ordinals[i] ?? 0)) members++;
  const nanoseconds = Number(process.hrtime.bigint() - started) / ids.length;
  process.send?.({ nanoseconds, members } satisfies LookUpRound);
});
process.send?.("ready");
