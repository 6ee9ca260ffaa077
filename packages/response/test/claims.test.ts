import { describe, expect, test } from "vitest";
import { answer } from "./answers.ts";
import { claim, opened, record, refusal, sender } from "./run.ts";

describe("a claim", () => {
  test("is refused until a named person has accepted each assumption, and says which are open", () => {
    const run = opened();
    const one = answer("a");
    record(run, one);
    const { answerDigest } = one;
    run.do("author", {
      kind: "accept-assumption",
      answerDigest,
      assumption: "doors-complete",
      name: "Grace Hopper",
    });
    const refused = refusal(() => run.do("author", { kind: "make-claim", claimId: "c", answerDigest }));
    expect(refused.code).toBe("ERR_ASSUMPTIONS_OPEN");
    expect(refused.message).toContain("suspects-complete");
    expect(refused.message).not.toContain("doors-complete");
  });

  test("does not take an assumption that was accepted for another answer", () => {
    const run = opened();
    record(run, answer("a"));
    claim(run, answer("a"));
    record(run, answer("b"), "other");
    expect(
      refusal(() =>
        run.do("author", { kind: "make-claim", claimId: "c", answerDigest: answer("b").answerDigest }),
      ).code,
    ).toBe("ERR_ASSUMPTIONS_OPEN");
  });

  test("is refused on an answer that the incident does not have", () => {
    expect(
      refusal(() => opened().do("author", { kind: "make-claim", claimId: "c", answerDigest: "sha256:x" }))
        .code,
    ).toBe("ERR_ANSWER_UNKNOWN");
  });

  test.each([
    ["more people", answer("b", { atLeast: 2, accountIds: ["u-1", "u-2"] })],
    ["a range that it can't exclude", answer("b", { atLeast: 1, atMost: 40_000 })],
    ["another person", answer("b", { accountIds: ["u-2"] })],
    [
      "a class that may have been read after all",
      answer("b", { notAccessed: [], unknown: ["user.payment"] }),
    ],
    ["a class that was read", answer("b", { accessed: ["user.name", "user.payment"], notAccessed: [] })],
    [
      "a class of which nobody can say any more that it was read",
      answer("b", { accessed: [], unknown: ["user.name"] }),
    ],
  ])("no longer holds when a later answer to the same question finds %s", (_, later) => {
    const run = opened();
    record(run, answer("a"));
    claim(run, answer("a"));
    record(run, later);
    expect(run.state().claims[0]?.contradicted).toMatchObject({ answerDigest: later.answerDigest });
    expect(refusal(() => run.do("author", { kind: "draft-notice", noticeId: "n", sender })).code).toBe(
      "ERR_CLAIM_DOES_NOT_HOLD",
    );
  });

  test("still holds when a later answer only knows more", () => {
    const run = opened();
    const wide = answer("a", { atLeast: 1, atMost: 40_000, unknown: ["user.payment"], notAccessed: [] });
    record(run, wide);
    claim(run, wide);
    record(run, answer("b"));
    expect(run.state().claims[0]?.contradicted).toBeNull();
  });

  test("is not touched by the answer to another question", () => {
    const run = opened();
    record(run, answer("a"));
    claim(run, answer("a"));
    record(run, answer("b", { atLeast: 9 }), "other");
    expect(run.state().claims[0]?.contradicted).toBeNull();
  });

  test("can't be made on an answer that a later one has overtaken", () => {
    const run = opened();
    record(run, answer("a"));
    record(run, answer("b", { atLeast: 2, accountIds: ["u-1", "u-2"] }));
    expect(refusal(() => claim(run, answer("a"))).code).toBe("ERR_CLAIM_OUTDATED");
  });

  test("on the latest answer stands in the place of the one that fell", () => {
    const run = opened();
    record(run, answer("a"));
    claim(run, answer("a"));
    const later = answer("b", { atLeast: 2, accountIds: ["u-1", "u-2"] });
    record(run, later);
    claim(run, later);
    const [drafted] = run.do("author", { kind: "draft-notice", noticeId: "n", sender });
    expect(drafted).toMatchObject({
      data: {
        affected: ["u-1", "u-2"],
        factSheet: { claims: [{ answerDigest: later.answerDigest, named: 2 }] },
      },
    });
  });

  test("says what it said, and can fall, when the answer was erased", () => {
    const run = opened();
    record(run, answer("a"));
    claim(run, answer("a"));
    const again = opened();
    for (const event of run.events)
      if (event.type !== "incident-opened" && event.type !== "answer-recorded") again.take(event);
    expect(again.state().claims[0]).toMatchObject({
      accounts: { kind: "exactly", atLeast: 1 },
      contradicted: null,
    });
    record(again, answer("b", { accountIds: ["u-9"] }));
    expect(again.state().claims[0]?.contradicted).toBeNull();
    record(again, answer("c", { atLeast: 2, accountIds: ["u-1", "u-2"] }));
    expect(again.state().claims[0]?.contradicted).not.toBeNull();
  });
});
