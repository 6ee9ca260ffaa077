import { describe, expect, test } from "vitest";
import { assembleText, eventsOf, flawsOf, sourceOf } from "./assemble-text.ts";

const pgaudit = sourceOf("pgaudit", {
  fields: { time: "log_time", actor: "user_name", address: "remote_host", operation: "operation" },
  operations: {
    "AUDIT:READ.SELECT": [
      {
        when: { "audit.object_name": "public.account" },
        account: "audit.parameters.0",
        classes: ["user.name"],
      },
      { when: { "audit.object_name": "public.export" }, rows: "audit.rows", classes: ["user.name"] },
      { when: { "audit.object_name": "public.batch" }, accounts: "audit.parameters", classes: ["user.name"] },
    ],
    LOG: { ignore: true },
  },
});

/** A record as csvlog writes it, with the columns of PostgreSQL 12, 13 or 14 and later. */
function csvlog(message: string, columns: 23 | 24 | 26 = 26): string {
  const quoted = `"${message.replaceAll('"', '""')}"`;
  const tail = { 23: "", 24: ',"client backend"', 26: ',"client backend",,0' }[columns];
  return `2014-05-20 10:00:00.123 UTC,"svc","shop",4711,"10.0.0.9:52044",537b2a10.1267,7,"SELECT",2014-05-20 09:59:00 UTC,3/21,0,LOG,00000,${quoted},,,,,,,,,"psql"${tail}`;
}

function audit(objectName: string, parameter: string, rows = ""): string {
  return `AUDIT: SESSION,3,1,READ,SELECT,TABLE,${objectName},"select *\nfrom ""t"" where id = $1",${parameter}${rows}`;
}

describe("csvlog", () => {
  test.each([23, 24, 26] as const)("of %d columns, named as PostgreSQL documents them", (columns) => {
    const [read] = assembleText(pgaudit, `${csvlog("connection authorized", columns)}\n`);
    expect(read).toEqual({
      line: 1,
      record: {
        log_time: "2014-05-20 10:00:00.123 UTC",
        user_name: "svc",
        database_name: "shop",
        process_id: "4711",
        connection_from: "10.0.0.9:52044",
        remote_host: "10.0.0.9",
        session_id: "537b2a10.1267",
        session_line_num: "7",
        command_tag: "SELECT",
        session_start_time: "2014-05-20 09:59:00 UTC",
        virtual_transaction_id: "3/21",
        transaction_id: "0",
        error_severity: "LOG",
        sql_state_code: "00000",
        message: "connection authorized",
        application_name: "psql",
        operation: "LOG",
        ...(columns > 23 ? { backend_type: "client backend" } : {}),
        ...(columns > 24 ? { query_id: "0" } : {}),
      },
    });
  });
  test("of other columns is unreadable", () => {
    expect(assembleText(pgaudit, `${csvlog("x", 24)},1\n${csvlog("x")}`)).toMatchObject([
      { line: 1, unreadable: "it has 25 cells, a csvlog has 23, 24, 26" },
      { line: 2, record: { message: "x" } },
    ]);
  });
  test("an audit message over many lines is one record", () => {
    const events = eventsOf(pgaudit, `${csvlog(audit("public.account", "u-1"))}\n${csvlog("bye")}\n`);
    expect(events.map((event) => [event.operation, event.outcome.kind])).toEqual([
      ["AUDIT:READ.SELECT", "access"],
      ["LOG", "ignored"],
    ]);
    expect(events[0]?.fields.get("address")).toBe("10.0.0.9");
    expect(events[0]?.timeUs).toBe(Date.UTC(2014, 4, 20, 10, 0, 0, 123) * 1000);
  });
  test("an address of IPv6 and a socket have a host too", () => {
    for (const [from, host] of [
      ["fe80::1:52044", "fe80::1"],
      ["[local]", "[local]"],
    ] as const) {
      const [read] = assembleText(pgaudit, csvlog("x").replace("10.0.0.9:52044", from));
      expect(read).toMatchObject({ record: { remote_host: host } });
    }
  });
  test("a torn record at the beginning or end of the file is unreadable, no other", () => {
    const torn = csvlog(audit("public.account", "u-1"));
    expect(flawsOf(pgaudit, `${torn.slice(100)}\n${csvlog("a")}\n${torn.slice(0, 200)}`)).toEqual([
      [1, "it has no log_line_prefix that is known"],
      [2, "it has no log_line_prefix that is known"],
      [3, null],
      [4, "a quoted cell does not end"],
    ]);
  });
});

describe("stderr, by the shape of `log_line_prefix`", () => {
  const time = "2014-05-20 10:00:00.123 UTC";
  test.each<[string, string, object]>([
    ["%m [%p] ", `${time} [77] `, { process_id: "77" }],
    [
      "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
      "2014-05-20 10:00:00 UTC [77]: [4-1] user=svc,db=shop,app=my app,client=10.0.0.9 ",
      {
        process_id: "77",
        session_line_num: "4",
        user_name: "svc",
        database_name: "shop",
        application_name: "my app",
        remote_host: "10.0.0.9",
      },
    ],
    ["%m [%p] %q%u@%d ", `${time} [77] svc@shop `, { user_name: "svc", database_name: "shop" }],
    ["%t [%p-%l] %q%u@%d ", `${time} [77-4] svc@shop `, { session_line_num: "4", user_name: "svc" }],
    [
      "%t:%r:%u@%d:[%p]:",
      "2014-05-20 10:00:00 UTC:10.0.0.9(52044):svc@shop:[77]:",
      { connection_from: "10.0.0.9:52044", remote_host: "10.0.0.9", user_name: "svc", process_id: "77" },
    ],
    ["%t:%r:%u@%d:[%p]: of the server itself", "2014-05-20 10:00:00 UTC::@:[77]:", { process_id: "77" }],
    ["%m [%p]: [%l-1] db=%d,user=%u ", `${time} [77]: [4-1] db=shop,user=svc `, { user_name: "svc" }],
    [
      "%m [%p] %q[user=%u,db=%d,app=%a] ",
      `${time} [77] [user=svc,db=shop,app=a b] `,
      { application_name: "a b", user_name: "svc" },
    ],
    ["%t-%c-", `${time}-537b2a10.1267-`, { session_id: "537b2a10.1267" }],
    ["< %m >", `< ${time} >`, {}],
    ["%m ", `${time} `, {}],
    ["a numeric zone", "2014-05-20 12:00:00.123 +02 [77] ", { log_time: "2014-05-20 12:00:00.123 +02" }],
    ["names that are empty", `${time} [77]: [4-1] user=,db=,app=,client= `, { process_id: "77" }],
  ])("%s", (_, prefix, columns) => {
    const text = `${prefix}LOG:  ${audit("public.account", "u-1").replace("\n", "\n\t")}\n${prefix}LOG:  bye\n`;
    const [read, other] = assembleText(pgaudit, text);
    expect(read).toMatchObject({
      line: 1,
      record: { ...columns, error_severity: "LOG", audit: { statement: 'select *\nfrom "t" where id = $1' } },
    });
    if (prefix.includes("user=,")) expect(read).not.toHaveProperty("record.user_name");
    expect(other).toMatchObject({ line: 3, record: { message: "bye", operation: "LOG" } });
    expect(eventsOf(pgaudit, text)[0]?.outcome).toMatchObject({ kind: "access", names: ["u-1"] });
  });
  test("lines that begin with a tab go on from the record before, empty ones too", () => {
    const text = `${time} [7] LOG:  a\n\tb\n\t\n\t\tc\r\n\n${time} [7] LOG:  d`;
    expect(assembleText(pgaudit, text)).toMatchObject([
      { line: 1, record: { message: "a\nb\n\n\tc" } },
      { line: 6, record: { message: "d" } },
    ]);
  });
  test("a line that has no prefix and goes on from none is unreadable: it may be what is left of a record", () => {
    const text = `\tx\n${time} [7] LOG:  a\nION,1,1,READ,SELECT,TABLE,public.account\n\tgoes on\n${time} [7] LOG:  b`;
    expect(flawsOf(pgaudit, text)).toEqual([
      [1, "it has no log_line_prefix that is known"],
      [2, null],
      [3, "it has no log_line_prefix that is known"],
      [5, null],
    ]);
  });
  test("what a STATEMENT or DETAIL quotes is nobody's audit", () => {
    for (const severity of ["STATEMENT", "DETAIL", "CONTEXT", "QUERY", "HINT"]) {
      const [event] = eventsOf(
        pgaudit,
        `${time} [7] ${severity}:  ${audit("public.account", "u-1").replace("\n", " ")}`,
      );
      expect(event?.operation).toBe("LOG");
    }
  });
  test("a client's name for its application cannot pass for the end of the prefix", () => {
    const prefix = (app: string): string =>
      `${time} [7]: [1-1] user=intruder,db=shop,app=${app},client=10.0.0.9 `;
    const forged = "x,client=10.0.0.1 LOG:  AUDIT: MISC";
    for (const app of [forged, "x,user=web", "x LOG:  y", "x ERROR:  y"])
      expect(
        flawsOf(pgaudit, `${prefix(app)}LOG:  ${audit("public.account", "u-1").replace("\n", " ")}`),
      ).toEqual([[1, "its prefix can be read in two ways"]]);
    // Nor does a statement that speaks of severities hide the line.
    const [event] = eventsOf(
      pgaudit,
      `${prefix("psql")}LOG:  AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.account,"select 'ERROR:  x', client from t",u-1`,
    );
    expect(event?.fields.get("actor")).toBe("intruder");
  });
});

describe("a record whose message begins with `AUDIT: `", () => {
  const read = (message: string): unknown => {
    const [first] = assembleText(pgaudit, csvlog(message));
    return first !== undefined && "record" in first ? first.record : first?.unreadable;
  };
  test("has pgaudit's fields under `audit`, with `rows` where `pgaudit.log_rows` is on", () => {
    expect(
      read('AUDIT: OBJECT,12,2,READ,SELECT,TABLE,public.account,"select a, b","7,""x,y""",250'),
    ).toMatchObject({
      operation: "AUDIT:READ.SELECT",
      audit: {
        type: "OBJECT",
        statement_id: "12",
        substatement_id: "2",
        class: "READ",
        command: "SELECT",
        object_type: "TABLE",
        object_name: "public.account",
        statement: "select a, b",
        parameter: '7,"x,y"',
        parameters: ["7", "x,y"],
        rows: "250",
      },
    });
  });
  test("`<not logged>`, `<none>`, `<previously logged>` and empty fields are absent", () => {
    expect(read("AUDIT: SESSION,1,1,READ,SELECT,,,<not logged>,<not logged>")).toMatchObject({
      audit: { type: "SESSION", statement_id: "1", substatement_id: "1", class: "READ", command: "SELECT" },
    });
    const record = read("AUDIT: SESSION,1,1,DDL,CREATE TABLE,,,<previously logged>,<none>");
    expect(record).toMatchObject({ operation: "AUDIT:DDL.CREATE TABLE" });
    expect(Object.keys((record as { audit: object }).audit)).toEqual([
      "type",
      "statement_id",
      "substatement_id",
      "class",
      "command",
    ]);
  });
  test.each([
    "AUDIT: ",
    "AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.account,select",
    'AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.account,"select',
    "AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.account,select,<none>,1,2",
    "AUDIT: SOMEBODY,1,1,READ,SELECT,TABLE,public.account,select,<none>",
    "AUDIT: SESSION,1,1,,SELECT,TABLE,public.account,select,<none>",
  ])("is unreadable when it is cut or has other fields: %s", (message) => {
    expect(read(message)).toBe("its audit message is cut or has other fields");
  });
  test("rows are a number of people, parameters a list of ids; neither being told opens the store", () => {
    const outcome = (message: string): unknown => eventsOf(pgaudit, csvlog(message))[0]?.outcome;
    expect(outcome(audit("public.export", "<none>", ",1200"))).toMatchObject({
      rows: 1200,
      opensStore: false,
    });
    expect(outcome(audit("public.export", "<none>"))).toMatchObject({ rows: null, opensStore: true });
    expect(outcome(audit("public.batch", '"u-1,u-2"'))).toMatchObject({
      names: ["u-1", "u-2"],
      opensStore: false,
    });
    expect(outcome(audit("public.batch", "<not logged>"))).toMatchObject({ names: [], opensStore: true });
    expect(outcome(audit("public.secret", "u-1"))).toEqual({ kind: "unclassified" });
  });
});

test("a zone that is no offset names no instant", () => {
  expect(flawsOf(pgaudit, "2014-05-20 10:00:00.123 CEST [7] LOG:  a")).toEqual([
    [1, "its time has no offset from UTC"],
  ]);
});
