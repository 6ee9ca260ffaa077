import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AccountHasher, hashAccounts } from "../src/index.ts";

interface Hashes {
  readonly published: readonly string[];
  readonly accounts: readonly {
    readonly salt: number;
    readonly account: string;
    readonly high: number;
    readonly low: number;
  }[];
}

const file = new URL("../../../vectors/bundle/hashes.json", import.meta.url);
const { published, accounts } = JSON.parse(readFileSync(file, "utf8")) as Hashes;

function outputOf({ high, low }: AccountHasher): string {
  const output = Buffer.alloc(8);
  output.writeUInt32LE(low, 0);
  output.writeUInt32LE(high, 4);
  return output.toString("hex");
}

describe("account hashes", () => {
  it("are HalfSipHash-2-4 with 64 bits, by the reference implementation's vectors", () => {
    const hasher = new AccountHasher(0x03020100, 0x07060504);
    const message = Uint8Array.from({ length: 66 }, (_, index) => index - 1);
    for (const [length, output] of published.entries()) {
      hasher.readBytes(message, 1, 1 + length);
      expect(outputOf(hasher)).toBe(output);
    }
  });

  it("are what the vectors say, by salt and id", () => {
    for (const { salt, account, high, low } of accounts) {
      const hasher = new AccountHasher(salt);
      expect(hasher.read(account)).toBe(true);
      expect([hasher.high, hasher.low]).toEqual([high, low]);
    }
  });

  it("are the same for text and for its bytes, whatever was asked before", () => {
    const used = new AccountHasher(3);
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (id) => {
        const fresh = new AccountHasher(3);
        const bytes = Buffer.from(`<${id}>`);
        fresh.readBytes(bytes, 1, bytes.length - 1);
        expect(used.read(id)).toBe(true);
        expect(outputOf(used)).toBe(outputOf(fresh));
        // A second time the last answer is remembered.
        expect(used.read(id)).toBe(true);
        expect(outputOf(used)).toBe(outputOf(fresh));
      }),
    );
  });

  it("know no id that is no sequence of code points, before and after one that is", () => {
    const hasher = new AccountHasher(0);
    expect(hasher.read("u-1")).toBe(true);
    const known = outputOf(hasher);
    for (const half of ["\ud83c", "a\udf00", "\udf00\ud83c"]) {
      expect(hasher.read(half)).toBe(false);
      expect(hasher.read(half)).toBe(false);
      expect(hasher.read("u-1")).toBe(true);
      expect(outputOf(hasher)).toBe(known);
    }
    expect(() => hashAccounts(["\ud83c"], 0)).toThrow(RangeError);
  });
});
