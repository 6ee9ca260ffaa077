import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { BundleSource, Offer } from "../src/index.ts";
import { until } from "./test-point.ts";

export const sourceBytesMax = 1_000;

/** A place where bundles are put and a way to break it. `source` gives a source that looks there at short intervals. */
export interface SourcePlace {
  readonly source: () => BundleSource;
  readonly put: (bytes: Uint8Array) => Promise<void> | void;
  /** Takes the bundle away: there is none, as before the first. */
  readonly remove: () => Promise<void> | void;
  /** The place can't be asked until `mend`. */
  readonly breakIt: () => Promise<void> | void;
  readonly mend: () => Promise<void> | void;
}

/** Keeps all that a source does, and answers its offers. */
export class OfferLog {
  readonly texts: string[] = [];
  failed = 0;
  oversize = 0;
  atOnce = 0;
  mostAtOnce = 0;
  answer: (text: string) => Offer | Promise<Offer> = () => "settled";

  readonly offer = async (bytes: Uint8Array): Promise<Offer> => {
    const text = Buffer.from(bytes).toString();
    this.texts.push(text);
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    try {
      return await this.answer(text);
    } finally {
      this.atOnce -= 1;
    }
  };

  readonly watch = {
    failed: () => {
      this.failed += 1;
    },
    oversize: () => {
      this.oversize += 1;
    },
  };

  get last(): string | undefined {
    return this.texts.at(-1);
  }
}

/** What a source needs to look again a few times. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 60));

/** Every source passes the same suite. `place` is made anew for each test and cleans up by `onTestFinished`. */
export function bundleSourceConformance(name: string, place: () => Promise<SourcePlace>): void {
  async function followed(before?: (place: SourcePlace) => Promise<void> | void) {
    const at = await place();
    await before?.(at);
    const source = at.source();
    const log = new OfferLog();
    return { ...at, source, log, follow: () => source.follow(log.offer, log.watch) };
  }
  const bytes = (text: string) => Buffer.from(text);

  describe(`${name}, as any bundle source,`, () => {
    test("offers what is there before `follow` resolves", async () => {
      const { source, log, follow } = await followed(({ put }) => put(bytes("one")));
      await follow();
      expect(log.texts).toEqual(["one"]);
      await source.close();
    });

    test("takes a place without a bundle for no failure, and offers the first one", async () => {
      const { source, log, follow, put } = await followed();
      await follow();
      expect(log).toMatchObject({ texts: [], failed: 0 });
      await put(bytes("one"));
      await until(() => expect(log.texts).toEqual(["one"]));
      await source.close();
    });

    test("offers every new bundle, and none twice that was settled", async () => {
      const { source, log, follow, put } = await followed(({ put }) => put(bytes("one")));
      await follow();
      for (const text of ["two", "three", "four, which is longer", "five"]) {
        await put(bytes(text));
        await until(() => expect(log.last).toBe(text));
      }
      await aWhile();
      expect(log.texts).toEqual(["one", "two", "three", "four, which is longer", "five"]);
      await source.close();
    });

    test("offers again what was worth another try", async () => {
      const { source, log, follow } = await followed(({ put }) => put(bytes("one")));
      log.answer = () => (log.texts.length < 3 ? "again" : "settled");
      await follow();
      await until(() => expect(log.texts).toHaveLength(3));
      await aWhile();
      expect(log.texts).toEqual(["one", "one", "one"]);
      await source.close();
    });

    test("offers one at a time, and in the end the newest", async () => {
      const { source, log, follow, put } = await followed(({ put }) => put(bytes("one")));
      log.answer = async () => {
        await aWhile();
        return "settled" as const;
      };
      const following = follow();
      for (const text of ["two", "three", "four"]) {
        await put(bytes(text));
        await new Promise(setImmediate);
      }
      await following;
      await until(() => expect(log.last).toBe("four"));
      expect(log.mostAtOnce).toBe(1);
      await source.close();
    });

    test("goes on when the place is broken at start, tells it, and offers what is there once it is mended", async () => {
      const { source, log, follow, mend } = await followed(async ({ put, breakIt }) => {
        await put(bytes("one"));
        await breakIt();
      });
      await follow();
      expect(log.texts).toEqual([]);
      expect(log.failed).toBeGreaterThan(0);
      await mend();
      await until(() => expect(log.texts).toEqual(["one"]));
      await source.close();
    });

    test("goes on when the place breaks later", async () => {
      const { source, log, follow, put, breakIt, mend } = await followed(({ put }) => put(bytes("one")));
      await follow();
      await breakIt();
      await until(() => expect(log.failed).toBeGreaterThan(0));
      await mend();
      await put(bytes("two"));
      await until(() => expect(log.texts).toEqual(["one", "two"]));
      await source.close();
    });

    test("goes on when the bundle is taken away; what was offered stays offered", async () => {
      const { source, log, follow, put, remove } = await followed(({ put }) => put(bytes("one")));
      await follow();
      await remove();
      await aWhile();
      expect(log.texts).toEqual(["one"]);
      await put(bytes("two"));
      await until(() => expect(log.texts).toEqual(["one", "two"]));
      await source.close();
    });

    test("tells of more bytes than the limit and does not offer them; the limit itself is not over it", async () => {
      const { source, log, follow, put } = await followed(({ put }) =>
        put(Buffer.alloc(sourceBytesMax + 1, "x")),
      );
      await follow();
      expect(log).toMatchObject({ texts: [], failed: 0 });
      expect(log.oversize).toBeGreaterThan(0);
      await put(Buffer.alloc(sourceBytesMax, "y"));
      await until(() => expect(log.last).toBe("y".repeat(sourceBytesMax)));
      await source.close();
    });

    test("goes on when an offer throws", async () => {
      const { source, log, follow } = await followed(({ put }) => put(bytes("one")));
      log.answer = () => {
        if (log.texts.length === 1) throw new Error("the disk is gone");
        return "settled";
      };
      await follow();
      await until(() => expect(log.texts).toEqual(["one", "one"]));
      expect(log.failed).toBe(1);
      await source.close();
    });

    test("offers nothing after `close`, which may come twice or before `follow`", async () => {
      const { source, log, follow, put } = await followed(({ put }) => put(bytes("one")));
      await follow();
      await Promise.all([source.close(), source.close()]);
      await put(bytes("two"));
      await aWhile();
      expect(log.texts).toEqual(["one"]);

      const closedBefore = await followed(({ put }) => put(bytes("one")));
      await closedBefore.source.close();
      await closedBefore.follow();
      await aWhile();
      expect(closedBefore.log).toMatchObject({ texts: [], failed: 0 });
      await closedBefore.source.close();
    });

    test("`close` waits for the offer that is under way", async () => {
      const { source, log, follow } = await followed(({ put }) => put(bytes("one")));
      let ended = false;
      log.answer = async () => {
        await aWhile();
        ended = true;
        return "settled" as const;
      };
      const following = follow();
      await until(() => expect(log.texts).toHaveLength(1));
      await source.close();
      expect(ended).toBe(true);
      await following;
    });

    test("whatever happens to the place, the last bundle is offered, one at a time, and each settled one once", async () => {
      const step = fc.constantFrom("put", "remove", "break", "mend", "wait", "oversize");
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
          const { source, log, follow, put, remove, breakIt, mend } = await followed();
          const following = follow();
          for (const [index, each] of steps.entries()) {
            if (each === "put") await put(bytes(`bundle ${index}`));
            if (each === "oversize") await put(Buffer.alloc(sourceBytesMax + 1));
            if (each === "remove") await remove();
            if (each === "break") await breakIt();
            if (each === "mend") await mend();
            if (each === "wait") await new Promise((resolve) => setTimeout(resolve, 10));
          }
          await mend();
          await put(bytes("the last"));
          await following;
          await until(() => expect(log.last).toBe("the last"));
          await source.close();
          expect(log.mostAtOnce).toBeLessThanOrEqual(1);
          expect(new Set(log.texts).size).toBe(log.texts.length);
        }),
        { numRuns: 10 },
      );
    });
  });
}
