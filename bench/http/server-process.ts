/**
 * A `node:http` server in a process of its own: `server-process.ts gate|constant`. `gate` reads who asks from the request, asks the
 * gate and answers with its directives; `constant` is its twin that answers the same bytes without. On `"cpu"` it tells how much processor
 * time it has used, and how many requests it has answered.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { compilePolicy, decide, parsePolicy, type Decision } from "@cordon/gate";

import { nowMs, policy } from "../gate/policy.ts";
import { populate } from "../gate/population.ts";

export type ServerKind = "gate" | "constant";

export interface ServerReport {
  readonly cpuMicroseconds: number;
  readonly answered: number;
  readonly denied: number;
}

/** The server knows so many sessions; a request names one of them in its path, as a token would. */
export const sessions = 100_000;

/** An answer whose bytes are ready. */
interface Ready {
  readonly status: 200 | 401;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Buffer;
}

function ready(status: Ready["status"], value: unknown): Ready {
  const body = Buffer.from(JSON.stringify(value));
  return { status, headers: { "content-type": "application/json", "content-length": body.length }, body };
}

const accepted = ready(200, { items: [] });

function sessionIndex(url: string): number {
  let index = 0;
  for (let i = 1; i < url.length; i += 1) index = index * 10 + (url.charCodeAt(i) - 0x30);
  return index;
}

function serve(kind: ServerKind): void {
  const { requests, cohorts } = populate(sessions, 1);
  const sets = new Map(Object.entries(cohorts));
  const compiled = compilePolicy(parsePolicy(policy, sets.keys()), sets);
  /** Decisions are shared objects, so there are few. */
  const denials = new Map<Decision, Ready>();
  let answered = 0;
  let denied = 0;
  const denialOf = (decision: Decision): Ready => {
    denied += 1;
    const known = denials.get(decision);
    if (known !== undefined) return known;
    const made = ready(401, { type: "urn:cordon:problem:denied", directives: decision.directives });
    denials.set(decision, made);
    return made;
  };
  const answer = (response: ServerResponse, { status, headers, body }: Ready): void => {
    response.writeHead(status, headers);
    response.end(body);
  };
  const server = createServer((incoming, response) => {
    answered += 1;
    // Both read the session: that is the service's work.
    const session = requests[sessionIndex(incoming.url ?? "/0")];
    if (session === undefined || session.account === null) throw new Error("a session that is none");
    if (kind === "constant") {
      answer(response, accepted);
      return;
    }
    const decision = decide(compiled, session, nowMs);
    answer(response, decision.allow ? accepted : denialOf(decision));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => {
    process.send?.((server.address() as AddressInfo).port);
  });
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMicroseconds: user + system, answered, denied } satisfies ServerReport);
  });
  process.once("disconnect", () => process.exit(0));
}

if (process.send !== undefined) serve(process.argv[2] as ServerKind);
