import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { dataMap, question } from "../src/evidence/investigation.ts";
import { logLines, writeEvidence } from "../src/evidence/write-evidence.ts";
import { decoyAccountId, Population } from "../src/population/population.ts";
import { judgeClaim, type ClaimedFacts } from "../src/report/judge-claim.ts";
import { hiddenTruth, variants, type Variant } from "../src/truth/hidden-truth.ts";

const accounts = 2000;
const cordon = fileURLToPath(new URL("../../packages/cli/bin/cordon.mjs", import.meta.url));
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

interface ScopeAnswer extends ClaimedFacts {
  readonly attempted: { readonly events: number; readonly accounts: number };
  readonly decoysTouched: readonly string[];
  readonly coverage: {
    readonly complete: boolean;
    readonly gaps: readonly { readonly source: string; readonly reason: string }[];
  };
  readonly evidence: { readonly duplicates: number; readonly rejected: number };
  readonly dataClasses: {
    readonly accessed: readonly string[];
    readonly notAccessed: readonly string[];
    readonly unknown: readonly string[];
  };
}

/** What `cordon scope` answers on the evidence of a drill. */
async function ask(
  variant: Variant,
  seed = 2014,
): Promise<{ answer: ScopeAnswer; truth: ReturnType<typeof hiddenTruth> }> {
  const folder = mkdtempSync(path.join(tmpdir(), "drill-evidence-"));
  folders.push(folder);
  const population = new Population({ accounts, seed });
  const truth = hiddenTruth(population, variant);
  await writeEvidence(path.join(folder, "evidence"), population, truth);
  // JSON is YAML.
  writeFileSync(path.join(folder, "map.yaml"), JSON.stringify(dataMap(accounts)));
  writeFileSync(path.join(folder, "question.yaml"), JSON.stringify(question()));
  const args = [
    "scope",
    "--map",
    "map.yaml",
    "--question",
    "question.yaml",
    "--evidence",
    "evidence",
    "--population",
    String(accounts),
    "--json",
  ];
  const answer = JSON.parse(
    execFileSync(process.execPath, [cordon, ...args], { cwd: folder, encoding: "utf8" }),
  ) as ScopeAnswer;
  return { answer, truth };
}

describe("the evidence of a drill", () => {
  it("shows exactly the one account that was truly read, with duplicates, late lines, refusals and look-alikes around it", async () => {
    const { answer, truth } = await ask(null);
    expect(answer.accounts).toEqual({ kind: "exactly", atLeast: 1, atMost: 1 });
    expect(answer.accountIds).toEqual([truth.opened.accountId]);
    expect(answer.dataClasses.notAccessed).toEqual([
      "user.authorization.password",
      "user.financial",
      "user.payment",
    ]);
    expect(answer.coverage.complete).toBe(true);
    expect(answer.decoysTouched).toEqual([decoyAccountId]);
    expect(answer.attempted.accounts).toBe(truth.refused.length);
    expect(answer.evidence.duplicates).toBeGreaterThan(0);
    expect(answer.evidence.rejected).toBe(0);
  });

  it("makes a range of the claim where a log has a gap", async () => {
    const { answer } = await ask("gap");
    expect(answer.accounts).toEqual({ kind: "between", atLeast: 1, atMost: accounts });
    expect(answer.coverage.gaps.map(({ source, reason }) => ({ source, reason }))).toEqual([
      { source: "profile-api", reason: "sequence" },
    ]);
  });

  it("bounds a bulk export whose ids were not logged", async () => {
    const { answer, truth } = await ask("bulk");
    expect(answer.accounts.kind).toBe("between");
    expect(answer.accounts.atMost).toBeLessThanOrEqual(truth.affected.length + 1);
    expect(answer.accountIds).toEqual([truth.opened.accountId]);
  });

  it("shows payment data as accessed where it was read", async () => {
    const { answer } = await ask("payment");
    expect(answer.dataClasses.accessed).toContain("user.payment");
    expect(answer.dataClasses.notAccessed).not.toContain("user.payment");
  });

  it("never contradicts the hidden truth, whatever the variant and seed", async () => {
    for (const [i, variant] of [null, ...variants].entries()) {
      const { answer, truth } = await ask(variant, 100 + i);
      expect(judgeClaim(answer, truth)).toEqual([]);
    }
  });

  it("numbers each log's lines without a hole, late ones included", () => {
    const population = new Population({ accounts, seed: 3 });
    const truth = hiddenTruth(population, null);
    const { inTime, late } = logLines(population, truth, "profile-api");
    const lines = [...inTime, ...late].map((line) => JSON.parse(line) as { seq: number; ts: string });
    const bySeq = new Map(lines.map((line) => [line.seq, line.ts]));
    const numbers = [...bySeq.keys()].sort((a, b) => a - b);
    expect(numbers.at(-1)).toBe((numbers[0] ?? 0) + numbers.length - 1);
    const times = numbers.map((seq) => bySeq.get(seq) ?? "");
    expect(times).toEqual([...times].sort());
    expect(late.length).toBeGreaterThan(0);
  });
});
