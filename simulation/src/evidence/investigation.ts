import { formatInstant, type JsonObject } from "@cordon/model";
import { decoyAccountId } from "../population/population.ts";
import { logsFromMs, logsToMs, windowFromMs, windowToMs } from "./incident-clock.ts";

export const intruder = { actor: "svc-metrics", address: "203.0.113.7", session: "9f2c" } as const;

const skew = "2s";

/** How many accounts the payment vault holds: not everybody pays. */
function payingAccounts(accounts: number): number {
  return Math.max(1, Math.floor((accounts * 9) / 40));
}

/** The data map an investigator of Overture would write (contracts 1). */
export function dataMap(accounts: number): JsonObject {
  const source = (store: string, operations: JsonObject): JsonObject => ({
    format: "jsonl",
    store,
    fields: {
      time: "ts",
      id: "req_id",
      actor: "principal",
      address: "ip",
      session: "sid",
      operation: "op",
      outcome: "status",
      sequence: "seq",
    },
    succeeded: { status: [200, 206] },
    operations: { ...operations, health: { ignore: true } },
    coverage: { from: formatInstant(logsFromMs), to: formatInstant(logsToMs), proof: "sequence", skew },
    delivery: "at-least-once",
  });
  return {
    version: 1,
    stores: {
      "profile-db": { classes: ["user.name", "user.contact.email"], accounts: "all" },
      "credential-db": { classes: ["user.authorization.password"], accounts: "all" },
      "payment-vault": { classes: ["user.payment", "user.financial"], accounts: payingAccounts(accounts) },
    },
    sources: {
      "profile-api": source("profile-db", {
        getProfile: { account: "params.user_id", classes: ["user.name", "user.contact.email"] },
        searchUsers: { accounts: "result.ids", classes: ["user.name"] },
        exportUsers: { rows: "result.count", classes: ["user.name", "user.contact.email"] },
      }),
      "credential-api": source("credential-db", {
        verifyPassword: { account: "params.user_id", classes: ["user.authorization.password"] },
        readHash: { account: "params.user_id", classes: ["user.authorization.password"] },
      }),
      "payment-api": source("payment-vault", {
        getPayment: { account: "params.user_id", classes: ["user.payment"] },
        charge: { account: "params.user_id", classes: ["user.financial"], effect: "write" },
      }),
    },
  };
}

/** The question: what the stolen credentials read, from where the intruder used them. */
export function question(): JsonObject {
  return {
    window: { from: formatInstant(windowFromMs), to: formatInstant(windowToMs) },
    suspect: [
      { actor: intruder.actor, address: intruder.address },
      { address: intruder.address, session: intruder.session },
    ],
    decoys: [decoyAccountId],
  };
}
