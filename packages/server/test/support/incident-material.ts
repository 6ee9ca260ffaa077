import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** `u-0` … in a directory, all with an address. */
export async function writeDirectory(file: string, accounts: number): Promise<void> {
  const rows = Array.from({ length: accounts }, (_, i) => {
    return `u-${i},2013-01-01T00:00:00Z,${i % 2 === 0 ? "SE" : "US"},en,u-${i}@example.net,2013-06-01T00:00:00Z`;
  });
  await writeFile(
    file,
    ["account_id,created_at,market,locale,email,password_set_at", ...rows, ""].join("\n"),
  );
}

export const dataMap = {
  version: 1,
  stores: {
    "profile-db": { classes: ["user.name", "user.contact.email"], accounts: "all" },
    "credential-db": { classes: ["user.authorization.password"], accounts: "all" },
  },
  sources: {
    "profile-api": {
      format: "jsonl",
      store: "profile-db",
      fields: {
        time: "ts",
        id: "req_id",
        actor: "principal",
        operation: "op",
        outcome: "status",
        sequence: "seq",
      },
      succeeded: { status: [200] },
      operations: { getProfile: { account: "user_id", classes: ["user.name", "user.contact.email"] } },
      coverage: { from: "2014-05-01T00:00:00Z", to: "2014-06-30T00:00:00Z", proof: "sequence" },
    },
    "credential-api": {
      format: "jsonl",
      store: "credential-db",
      fields: {
        time: "ts",
        id: "req_id",
        actor: "principal",
        operation: "op",
        outcome: "status",
        sequence: "seq",
      },
      succeeded: { status: [200] },
      operations: { checkPassword: { account: "user_id", classes: ["user.authorization.password"] } },
      coverage: { from: "2014-05-01T00:00:00Z", to: "2014-06-30T00:00:00Z", proof: "sequence" },
    },
  },
};

export const question = {
  window: { from: "2014-05-20T00:00:00Z", to: "2014-05-26T00:00:00Z" },
  suspect: [{ actor: "svc-metrics" }],
  decoys: [],
};

/** Logs over the whole window in which the suspect reads `accounts`; `missing`: sequence numbers that are lost. */
export async function writeEvidence(
  folder: string,
  accounts: readonly string[],
  missing: readonly number[] = [],
): Promise<void> {
  const line = (seq: number, day: string, principal: string, op: string, user: string) =>
    JSON.stringify({
      ts: `2014-05-${day}T00:00:00Z`,
      req_id: `${op}-${seq}`,
      principal,
      op,
      status: 200,
      user_id: user,
      seq,
    });
  const profile = [
    line(1, "19", "svc-web", "getProfile", "u-2"),
    ...accounts.map((account, i) => line(2 + i, "22", "svc-metrics", "getProfile", account)),
    line(2 + accounts.length, "23", "svc-web", "getProfile", "u-3"),
    line(3 + accounts.length, "27", "svc-web", "getProfile", "u-4"),
  ].filter((_, i) => !missing.includes(i + 1));
  const credential = [
    line(1, "19", "svc-web", "checkPassword", "u-2"),
    line(2, "27", "svc-web", "checkPassword", "u-2"),
  ];
  await mkdir(join(folder, "profile-api"), { recursive: true });
  await mkdir(join(folder, "credential-api"), { recursive: true });
  await writeFile(join(folder, "profile-api", "a.jsonl"), `${profile.join("\n")}\n`);
  await writeFile(join(folder, "credential-api", "a.jsonl"), `${credential.join("\n")}\n`);
}
