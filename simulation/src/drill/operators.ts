import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { CordonClient } from "@cordon/sdk";

/** The people who answer the incident: one writes, two approve, and nobody approves what they wrote themselves. */
export interface Operators {
  readonly author: CordonClient;
  readonly approver: CordonClient;
  readonly secondApprover: CordonClient;
}

export const approverName = "Astrid Ek";

export async function operators(home: string, url: string): Promise<Operators> {
  const client = async (name: string) => {
    const token = (await readFile(path.join(home, "operators", `${name}.token`), "utf8")).trim();
    return new CordonClient({ url, token, newId: randomUUID, jitter: Math.random });
  };
  return {
    author: await client("author"),
    approver: await client("approver"),
    secondApprover: await client("second-approver"),
  };
}
