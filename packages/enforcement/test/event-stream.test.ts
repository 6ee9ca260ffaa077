import fc from "fast-check";
import { expect, test } from "vitest";

import { readEvents } from "../src/event-stream.ts";

async function events(text: string, cuts: readonly number[] = []): Promise<number> {
  const bytes = new TextEncoder().encode(text);
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  let count = 0;
  await readEvents(
    ReadableStream.from(at.slice(1).map((end, index) => bytes.subarray(at[index], end))),
    () => (count += 1),
    () => undefined,
  );
  return count;
}

test("an event is a block with a field; comments and blank lines are none, nor is a block that was cut", async () => {
  expect(await events("event: look-again\ndata: {}\n\n")).toBe(1);
  expect(await events(": still here\n\n\n\n")).toBe(0);
  expect(await events("data: 1\r\n\r\ndata: 2\n\ndata: 3\n")).toBe(2);
});

test("it does not matter how the stream is cut", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(200), { maxLength: 8 }), async (cuts) => {
      expect(await events("data: å\n\n: c\n\nevent: x\ndata: y\r\n\r\n", cuts)).toBe(2);
    }),
    { numRuns: 50 },
  );
});
