import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { importDirectory, openDirectory, reachableCohort } from "@cordon/lake";
import { jsonl } from "./files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const windowTo = "2014-05-26T00:00:00Z";

function account(account_id: string, created_at: string | null): object {
  return { account_id, created_at, market: "SE", locale: "sv" };
}

async function reached(
  accounts: { readonly kind: "exactly" | "between"; readonly atLeast: number; readonly atMost: number },
  accountIds: readonly string[],
  accountIdsTruncated = false,
): Promise<readonly string[]> {
  const folder = await temporaryFolder();
  const accountsFile = join(folder, "accounts.jsonl");
  await writeFile(
    accountsFile,
    jsonl([
      account("a", "2013-01-01T00:00:00Z"),
      account("b", null),
      account("canary", "2013-01-01T00:00:00Z"),
      account("last", "2014-05-25T23:59:59.999Z"),
      account("young", windowTo),
    ]),
  );
  const lakeFolder = join(folder, "lake");
  await importDirectory({ lakeFolder, accountsFile, installationsFile: null, asOfMs: Date.parse(windowTo) });
  const directory = await openDirectory({ lakeFolder });
  try {
    const cohort = reachableCohort(
      { accounts, accountIds, accountIdsTruncated },
      { windowTo, decoys: ["canary"] },
    );
    return (await directory.evaluateCohort(cohort)).accountIds;
  } finally {
    directory.close();
  }
}

test("where everybody who could have been reached is named, it is those and nobody else", async () => {
  expect(await reached({ kind: "exactly", atLeast: 1, atMost: 1 }, ["a"])).toEqual(["a"]);
  // A gap over a store that holds nobody else leaves `between` with equal bounds.
  expect(await reached({ kind: "between", atLeast: 1, atMost: 1 }, ["a"])).toEqual(["a"]);
  expect(await reached({ kind: "exactly", atLeast: 0, atMost: 0 }, [])).toEqual([]);
});

test("what a `between` answer leaves open is everybody who had an account before the window ended, decoys left out", async () => {
  expect(await reached({ kind: "between", atLeast: 1, atMost: 3 }, ["a"])).toEqual(["a", "b", "last"]);
});

test("who is named and came after the window is among them all the same", async () => {
  expect(await reached({ kind: "between", atLeast: 1, atMost: 3 }, ["young"])).toEqual([
    "a",
    "b",
    "last",
    "young",
  ]);
});

test("people who were counted and not named can be anybody, however exact their number", async () => {
  expect(await reached({ kind: "exactly", atLeast: 2, atMost: 2 }, [])).toEqual(["a", "b", "last"]);
});

test("a list that was cut names nobody for certain outside of it", async () => {
  expect(await reached({ kind: "exactly", atLeast: 4, atMost: 4 }, ["a"], true)).toEqual([
    "a",
    "b",
    "last",
    "young",
  ]);
});
