import { expect, test } from "vitest";

import { OpenStreams, streamsPerAccountMax } from "../src/streaming/open-streams.ts";

test("an account has so many streams at once, each counted until its end, and nobody else is held up", () => {
  const streams = new OpenStreams();
  const ends = Array.from({ length: streamsPerAccountMax }, () => streams.begin("ada"));
  expect(ends).not.toContain(null);
  expect(streams.begin("ada")).toBeNull();
  expect(streams.begin("bo")).not.toBeNull();
  ends[0]?.();
  ends[0]?.();
  expect(streams.begin("ada")).not.toBeNull();
  expect(streams.begin("ada")).toBeNull();
});
