import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineBatches } from "../src/lines.ts";

async function* stream(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(part);
}

async function read(
  parts: readonly Uint8Array[],
  lineBytesMax = 1000,
): Promise<{ lines: string[]; failure: string | null }> {
  const lines: string[] = [];
  for await (const batch of lineBatches(stream(parts), { name: "f", lineBytesMax })) {
    expect(batch.firstLine).toBe(lines.length + 1);
    lines.push(...batch.lines);
    if (batch.failure !== null) return { lines, failure: batch.failure.message };
  }
  return { lines, failure: null };
}

/** The bytes in pieces that end anywhere, also within a character. */
function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const size of sizes) {
    parts.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...parts, bytes.subarray(at)];
}

const sizes = fc.array(fc.nat(12), { maxLength: 20 });

describe("lines of a stream", () => {
  it("are the same however it arrives", async () => {
    const line = fc.string({
      unit: fc.constantFrom("a", " ", "ü", "🎵", "\u0000", "\ufeff", "\u2028"),
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 12 }),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        sizes,
        async (lines, end, closed, where) => {
          const last = lines.at(-1) ?? "";
          // The last line needs no end, but an empty one without an end is none.
          const text = lines.join(end) + (closed && lines.length > 0 ? end : "");
          const expected = closed || last !== "" ? [...lines] : lines.slice(0, -1);
          // A mark at the very beginning is skipped.
          if (expected[0]?.startsWith("\ufeff") === true) expected[0] = expected[0].slice(1);
          const { lines: got, failure } = await read(cut(Buffer.from(text), where));
          if (text === "\ufeff") return;
          expect(got).toEqual(expected);
          expect(failure).toBeNull();
        },
      ),
    );
  });

  it("end before one that is not UTF-8, however it arrives; it is named", async () => {
    const bytes = Buffer.concat([Buffer.from("a\nü\n"), Buffer.of(0x62, 0xff, 0x0a), Buffer.from("c\n")]);
    await fc.assert(
      fc.asyncProperty(sizes, async (where) => {
        expect(await read(cut(bytes, where))).toEqual({
          lines: ["a", "ü"],
          failure: "f:3: bytes that are not UTF-8, expected UTF-8",
        });
      }),
    );
  });

  it("end before one that is too long, also when it never ends", async () => {
    const failure = "f:2: over 10 bytes, expected shorter lines";
    const tooLong = Buffer.from(`0123456789\n${"ü".repeat(6)}\nc\n`);
    expect(await read([tooLong], 10)).toEqual({ lines: ["0123456789"], failure });
    const endless = Buffer.from(`a\n${"x".repeat(11)}`);
    await fc.assert(
      fc.asyncProperty(sizes, async (where) => {
        expect(await read(cut(endless, where), 10)).toEqual({ lines: ["a"], failure });
      }),
    );
  });
});
