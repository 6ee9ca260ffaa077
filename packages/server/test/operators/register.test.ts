import type { JsonObject } from "@cordon/model";
import { JournalError } from "@cordon/journal-postgres";
import { describe, expect, test } from "vitest";
import { OperatorBook } from "../../src/operators/operator-book.ts";
import type { OperatorEvent } from "../../src/operators/operator-event.ts";
import { OperatorRegister } from "../../src/operators/operator-register.ts";

interface Row {
  readonly type: string;
  readonly data: JsonObject | null;
  readonly version: number;
  readonly atMs: number;
}

/** A stream that several servers append to, with the journal's optimistic concurrency. */
class Stream {
  readonly rows: Row[] = [];
  reads = 0;

  port() {
    return {
      read: async (_: string, from = 0): Promise<never> => {
        this.reads += 1;
        await Promise.resolve();
        return this.rows.slice(from) as unknown as never;
      },
      append: async (_: string, expected: unknown, events: readonly { type: string; data: JsonObject }[]) => {
        await Promise.resolve();
        if (expected !== this.rows.length)
          throw new JournalError("ERR_JOURNAL_CONFLICT", "another came before");
        for (const { type, data } of events) this.add(type, data);
        return null as never;
      },
    };
  }

  add(type: string, data: JsonObject | null): void {
    this.rows.push({ type, data, version: this.rows.length, atMs: 0 });
  }
}

function registerOn(stream: Stream): OperatorRegister {
  const register = new OperatorRegister(() => 0);
  register.attach(stream.port());
  return register;
}

const invited = (operator: string): OperatorEvent => ({
  type: "operator-invited",
  data: { by: "a", operator, displayName: operator, roles: ["approver"], invitation: "d", untilMs: 1 },
});

function bookOf(...events: readonly (OperatorEvent | { type: string; data: null })[]): OperatorBook {
  const book = new OperatorBook();
  events.forEach(({ type, data }, version) =>
    book.apply({ type, data: data as unknown as JsonObject | null, version, atMs: 0 }),
  );
  return book;
}

describe("several servers on one database", () => {
  test("decide on what is on record: of two who take one name at once, one has it", async () => {
    const stream = new Stream();
    const attempt = (register: OperatorRegister) =>
      register.change((book) => {
        if (book.operator("astrid") !== null) throw new Error("taken");
        return { event: invited("astrid"), made: null };
      });
    const servers = [registerOn(stream), registerOn(stream), registerOn(stream)];
    const outcomes = await Promise.allSettled(servers.map(attempt));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(stream.rows).toHaveLength(1);
    for (const server of servers) expect((await server.roles()).get("astrid")).toEqual(["approver"]);
  });

  test("a question sees everything that was on record when it was asked, and many share one reading", async () => {
    const stream = new Stream();
    const register = registerOn(stream);
    const first = register.current();
    stream.add("operator-revoked", { by: "a", operator: "approver" });
    const later = await Promise.all(Array.from({ length: 50 }, () => register.roles()));
    await first;
    for (const roles of later) expect(roles.has("approver")).toBe(false);
    expect(stream.reads).toBe(2);
  });
});

describe("an event of the operators that was erased", () => {
  test("takes its operator along when it had made them", () => {
    const added = {
      type: "operator-enrolled",
      data: { operator: "astrid", invitation: "d", passkey: { id: "i", publicKey: "k", transports: [] } },
    } as const;
    const book = bookOf({ type: "operator-invited", data: null }, added);
    expect(book.operator("astrid")).toBeNull();
    expect(book.byPasskey("i")).toBeNull();
  });

  test.each(["operator-revoked", "operator-roles-changed", "token-revoked"])(
    "gives nobody back what `%s` had taken: everybody of before is let in no more, but who keeps the operators",
    (type) => {
      const book = bookOf(invited("astrid"), { type, data: null }, invited("later"));
      expect([...book.roles()]).toEqual([
        ["administrator", ["administrator"]],
        ["later", ["approver"]],
      ]);
    },
  );
});
