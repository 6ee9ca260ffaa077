import { describe, expect, test } from "vitest";
import { lifecycleLimits, stageMoves, stages, timelineOf, type Stage } from "@cordon/response";
import { governed, type GovernedRun } from "./governed.ts";
import { answer } from "./answers.ts";
import { claim, record, refusal, sender } from "./run.ts";

const move = (run: GovernedRun, to: Stage) => run.do("rob", { kind: "move-incident", to, because: "x" });

/** Nothing left to do but the all clear. */
function recovering(): GovernedRun {
  const run = governed();
  run.roles.set("author", ["investigator", "responder"]);
  for (const to of ["investigating", "contained", "recovering"] as const) move(run, to);
  record(run, answer("a"));
  claim(run, answer("a"));
  run.do("rob", { kind: "draft-notice", noticeId: "n", sender });
  run.do("ann", { kind: "approve-notice", noticeId: "n" });
  const none = { delivered: 0, failed: 0, unknown: 0 };
  run.do("cordon", { kind: "complete-notice", noticeId: "n", affected: none, everybodyElse: none });
  return run;
}

describe("an incident", () => {
  test("begins as detected and goes forward step by step, and back as far as findings take it", () => {
    const paths: Readonly<Record<Stage, readonly Stage[]>> = {
      detected: [],
      investigating: ["investigating"],
      contained: ["investigating", "contained"],
      recovering: ["investigating", "contained", "recovering"],
      closed: [],
    };
    for (const from of stages) {
      if (from === "closed") continue;
      for (const to of stages) {
        const run = governed();
        for (const one of paths[from]) move(run, one);
        expect(run.state().stage).toBe(from);
        if (stageMoves[from].includes(to)) {
          move(run, to);
          expect(run.state().stage).toBe(to);
        } else expect(refusal(() => move(run, to)).code).toBe("ERR_STAGE");
      }
    }
  });

  test("is closed by the all clear alone, which needs it to be recovering", () => {
    const run = recovering();
    move(run, "contained");
    expect(refusal(() => run.do("ann", { kind: "give-all-clear" })).message).toContain("recovering");
    move(run, "recovering");
    run.do("ann", { kind: "give-all-clear" });
    expect(run.state().stage).toBe("closed");
    expect(refusal(() => move(run, "investigating")).code).toBe("ERR_INCIDENT_CLOSED");
  });

  test("is reopened with a reason, and then takes commands again", () => {
    const run = recovering();
    const reopen = { kind: "reopen-incident", because: "the intruder is back" } as const;
    expect(refusal(() => run.do("ines", reopen)).code).toBe("ERR_STAGE");
    run.do("ann", { kind: "give-all-clear" });
    expect(refusal(() => run.do("ines", { ...reopen, because: "" })).code).toBe("ERR_TEXT");
    run.do("ines", reopen);
    expect(run.state()).toMatchObject({ stage: "investigating", allClear: null });
    expect(run.state().stageMoves.map(({ to }) => to)).toEqual([
      "investigating",
      "contained",
      "recovering",
      "closed",
      "investigating",
    ]);
    record(run, answer("b"), "other");
  });

  test("after the all clear approves no plan that was asked for before", () => {
    const run = recovering();
    run.do("rob", { kind: "draft-plan", planId: "p", measures: [] });
    run.ask(1);
    run.do("ann", { kind: "give-all-clear" });
    expect(refusal(() => { run.approve("abe"); }).code).toBe("ERR_INCIDENT_CLOSED"); // prettier-ignore
    expect(refusal(() => run.ask(1)).code).toBe("ERR_INCIDENT_CLOSED");
  });

  test("has a severity once somebody has judged it", () => {
    const run = governed();
    expect(run.state().severity).toBeNull();
    run.do("ines", { kind: "set-severity", severity: "critical", because: "passwords" });
    expect(run.state().severity).toBe("critical");
  });
});

describe("the timeline", () => {
  test("keeps notes by when what they tell happened", () => {
    const run = governed();
    run.do("ines", {
      kind: "add-note",
      noteId: "1",
      text: "first login",
      occurredAt: "2014-05-20T08:00:00Z",
    });
    run.do("ines", { kind: "add-note", noteId: "2", text: "called the bank", occurredAt: null });
    expect(run.state().notes.map((note) => note.occurredAt)).toEqual([
      "2014-05-20T08:00:00Z",
      new Date(run.nowMs).toISOString(),
    ]);
    const note = { kind: "add-note", noteId: "3", text: "x", occurredAt: null } as const;
    expect(refusal(() => run.do("ines", { ...note, noteId: "1" })).code).toBe("ERR_EXISTS");
    expect(refusal(() => run.do("ines", { ...note, occurredAt: "yesterday" })).code).toBe("ERR_TEXT");
    expect(refusal(() => run.do("ines", { ...note, text: " \n" })).code).toBe("ERR_TEXT");
    expect(refusal(() => run.do("ines", { ...note, text: "x".repeat(10_001) })).code).toBe("ERR_TEXT");
  });
});

test("the timeline tells what happened in its order, whenever it was written down", () => {
  const run = recovering();
  run.do("ines", { kind: "add-note", noteId: "1", text: "first login", occurredAt: "2014-05-20T08:00:00Z" });
  run.do("ann", { kind: "give-all-clear" });
  const told = timelineOf(run.state());
  expect(told.map((entry) => entry.what)).toEqual([
    "first login",
    "incident opened",
    "detected → investigating: x",
    "investigating → contained: x",
    "contained → recovering: x",
    "claim made",
    "notice approved",
    "recovering → closed: the all clear was given",
  ]);
  expect(told.at(-1)).toMatchObject({ by: "ann", about: null });
});

describe("a task", () => {
  test("keeps the all clear from being given until it is finished, once", () => {
    const run = recovering();
    run.do("rob", { kind: "add-task", taskId: "t", title: "rotate keys", assignee: "ines", dueAt: null });
    expect(refusal(() => run.do("ann", { kind: "give-all-clear" })).message).toBe("task `t` is not finished");
    const finish = { kind: "finish-task", taskId: "t", outcome: "rotated" } as const;
    run.do("ines", finish);
    expect(refusal(() => run.do("ines", finish)).code).toBe("ERR_TASK");
    expect(refusal(() => run.do("ines", { ...finish, taskId: "no" })).code).toBe("ERR_TASK");
    run.do("ann", { kind: "give-all-clear" });
  });
});

describe("an attachment", () => {
  const file = {
    kind: "attach-file",
    attachmentId: "1",
    name: "dump.pcap",
    sha256: "0a".repeat(32),
    bytes: 5,
  } as const;

  test("is kept by what is in it", () => {
    const run = governed();
    run.do("ines", file);
    expect(run.state().attachments).toMatchObject([{ sha256: "0a".repeat(32), bytes: 5, by: "ines" }]);
  });

  test.each([
    ["a path", { name: "../../etc/passwd" }],
    ["a path of another system", { name: "..\\x" }],
    ["a name of dots", { name: ".." }],
    ["a name with a line end", { name: "a\nb" }],
    ["no name", { name: " " }],
    ["a digest in capitals", { sha256: "0A".repeat(32) }],
    ["a short digest", { sha256: "0a" }],
    ["a negative size", { bytes: -1 }],
    ["a size that is too large", { bytes: lifecycleLimits.attachmentBytes + 1 }],
    ["half a byte", { bytes: 0.5 }],
  ])("with %s is refused", (_, change) => {
    expect(refusal(() => governed().do("ines", { ...file, ...change })).code).toBe("ERR_ATTACHMENT");
  });
});
