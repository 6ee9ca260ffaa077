import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { applyDelta, BundleError, bundleBytesMax, makeDelta } from "../src/index.ts";
import { sha256 } from "./test-crypto.ts";

interface Vectors {
  readonly deltas: readonly { says: string; base: string; next: string; delta: string }[];
  readonly refused: readonly { says: string; base: string; delta: string; error: "format" | "size" }[];
}

const file = new URL("../../../vectors/bundle/deltas.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;
const limits = { sha256, bundleBytesMax };
const bytes = (hex: string) => Buffer.from(hex, "hex");

describe("vectors/bundle/deltas.json", () => {
  test.each(vectors.deltas)("$says", ({ base, next, delta }) => {
    expect(Buffer.from(applyDelta(bytes(base), bytes(delta), limits)).toString("hex")).toBe(next);
    expect(Buffer.from(makeDelta(bytes(base), bytes(next), limits)).toString("hex")).toBe(delta);
  });

  test.each(vectors.refused)("is refused: $says", ({ base, delta, error }) => {
    let code: string | null = null;
    try {
      applyDelta(bytes(base), bytes(delta), limits);
    } catch (caught) {
      if (!(caught instanceof BundleError)) throw caught;
      code = caught.code;
    }
    expect(code).toBe(error === "size" ? "ERR_BUNDLE_SIZE" : "ERR_BUNDLE_FORMAT");
  });
});
