import { describe, expect, test } from "vitest";

import { surveySource, type Format, type KnownIds, type LogValue, type SourceProfile } from "../src/index.ts";

function profile(
  records: readonly LogValue[],
  options: { readonly format?: Format; readonly directory?: readonly string[] } = {},
): SourceProfile {
  const survey = surveySource({
    source: "s",
    format: options.format ?? "jsonl",
    formatWhy: "it is said so",
    runs: [{ file: "s/a", records: records.map((record, index) => ({ line: index + 1, record })) }],
    problems: [],
  });
  const known: KnownIds | null =
    options.directory === undefined
      ? null
      : {
          asked: new Set(survey.valuesToAsk),
          held: new Set(options.directory.filter((id) => survey.valuesToAsk.includes(id))),
        };
  return survey.profile(known);
}

function pathOf(found: SourceProfile, field: string): string | null {
  return found.fields.find((proposal) => proposal.field === field)?.best?.path ?? null;
}

const directory = Array.from({ length: 50 }, (_, index) => `u-${index}`);

function time(second: number): string {
  return new Date(1_400_544_000_000 + second * 1000).toISOString();
}

function accessLine(index: number): Record<string, LogValue> {
  const hosts = ["web-1", "web-2"];
  return {
    ts: time(index),
    req_id: `r-${index}`,
    principal: index % 3 === 0 ? "svc-metrics" : "svc-web",
    ip: `192.0.2.${index % 9}`,
    sid: `s-${index % 5}`,
    op: "getProfile",
    status: index % 10 === 0 ? 403 : 200,
    host: hosts[index % 2] ?? "",
    seq: Math.floor(index / 2) + (index % 2) * 700,
    params: { user_id: `u-${index % 40}` },
  };
}
const accessLog = Array.from({ length: 200 }, (_, index) => accessLine(index));

describe("fields", () => {
  test("are found by their names and values", () => {
    const found = profile(accessLog);
    expect(Object.fromEntries(found.fields.map(({ field }) => [field, pathOf(found, field)]))).toEqual({
      time: "ts",
      id: "req_id",
      actor: "principal",
      address: "ip",
      session: "sid",
      operation: "op",
      outcome: "status",
      sequence: "seq",
    });
    expect(found.readable).toBe(200);
    expect([found.firstTime, found.lastTime, found.longestSilenceSeconds]).toEqual([time(0), time(199), 1]);
  });

  test("an id that some lines lack is shown and not mapped, because those lines would be unreadable", () => {
    const found = profile(
      accessLog.map(({ req_id, ...line }, index) => (index < 3 ? line : { ...line, req_id: req_id ?? null })),
    );
    const id = found.fields.find(({ field }) => field === "id");
    expect(id?.best).toMatchObject({ path: "req_id", records: 197, of: 200 });
    expect(id?.isEverywhere).toBe(false);
    expect(found.readable).toBe(200);
  });

  test.each([
    ["a number of milliseconds since 1970", 1_400_544_000_000, "milliseconds since 1970"],
    ["a number of seconds since 1970", 1_400_544_000, "seconds since 1970"],
    ["a time without a zone", "2014-05-20T00:00:00", "without a zone"],
  ])("%s is no time of JSON lines: what stands in the way is said", (_name, value, why) => {
    const found = profile(accessLog.map((line) => ({ ...line, ts: value })));
    expect(found.fields.find(({ field }) => field === "time")).toMatchObject({ best: null });
    expect(found.fields.find(({ field }) => field === "time")?.todo).toContain(why);
    expect(found.readable).toBeNull();
  });

  test("a key with a dot is quoted, as the map writes paths", () => {
    expect(pathOf(profile([{ "@timestamp": time(0), "event.action": "get" }]), "time")).toBe('"@timestamp"');
  });

  test("CloudTrail's and OCSF's fields are known at once", () => {
    const cloudtrail = {
      eventTime: time(0),
      eventID: "e",
      eventName: "GetObject",
      sourceIPAddress: "192.0.2.1",
      userIdentity: { arn: "arn:x", accessKeyId: "AKIA" },
    };
    const found = profile([cloudtrail], { format: "cloudtrail" });
    expect(found.fields.map(({ field }) => pathOf(found, field))).toEqual([
      "eventTime",
      "eventID",
      "userIdentity.arn",
      "sourceIPAddress",
      "userIdentity.accessKeyId",
      "eventName",
      "errorCode",
      null,
    ]);
    expect(found.succeeded).toMatchObject({ values: [null], isClosed: true });
    const ocsf = {
      time: 1_400_544_000_000,
      class_uid: 6003,
      metadata: { uid: "m" },
      actor: { user: { uid: "svc" } },
      src_endpoint: { ip: "192.0.2.1" },
      api: { operation: "GetItem" },
      status_id: 2,
    };
    const of = profile([ocsf], { format: "ocsf" });
    expect(of.fields.map(({ field }) => pathOf(of, field))).toEqual([
      "time",
      "metadata.uid",
      "actor.user.uid",
      "src_endpoint.ip",
      null,
      "api.operation",
      "status_id",
      null,
    ]);
    // Only 2 is a failure: whatever else may have succeeded.
    expect(of.succeeded?.values).toEqual([1, 0, 99, null]);
    expect(of.readable).toBe(1);
  });
});

describe("sequence numbers", () => {
  test("that grow by one for each host are told apart by it", () => {
    expect(profile(accessLog).sequence).toEqual({
      path: "seq",
      per: "host",
      chains: ["web-1", "web-2"],
      steps: 198,
      of: 198,
    });
  });

  test("of one chain need no such path, and a few that are missing or out of order do no harm", () => {
    const lines = accessLog.map((line, index) => ({ ...line, seq: 1000 + index + (index > 50 ? 2 : 0) }));
    lines.sort((a, b) => (a.seq ^ 1) - (b.seq ^ 1));
    expect(profile(lines).sequence).toMatchObject({ path: "seq", per: null, steps: 198, of: 199 });
  });

  test("a count that jumps is none", () => {
    expect(
      profile(accessLog.map((line, index) => ({ ...line, seq: (index * 7919) % 1000 }))).sequence,
    ).toBeNull();
  });
});

describe("outcomes", () => {
  test("of HTTP count as successes unless they are surely refusals", () => {
    const succeeded = profile(
      accessLog.map((line, index) => ({ ...line, status: [200, 404, 503][index % 3] ?? 0 })),
    ).succeeded;
    expect(succeeded?.values).toEqual(expect.arrayContaining([200, 206, 304, 503]));
    expect(succeeded?.refused).toEqual(["404"]);
  });

  test("in words are only shown: a word that the sample lacks would hide reads", () => {
    const succeeded = profile(
      accessLog.map((line, index) => ({ ...line, status: index % 2 === 0 ? "done" : "denied" })),
    ).succeeded;
    expect(succeeded).toMatchObject({ isClosed: false, values: ["done"], refused: ["denied"] });
  });

  test("that are absent at times count as successes", () => {
    const lines = accessLog.map(({ status, ...line }, index) => ({
      ...line,
      ...(index < 100 ? { allow: status === 200 } : {}),
    }));
    expect(profile(lines).succeeded).toMatchObject({ path: "allow", values: [true, null], isClosed: true });
  });
});

describe("account ids", () => {
  test("are found by matching against the directory, and how sure that is is said in numbers", () => {
    const [operation] = profile(accessLog, { directory }).operations;
    expect(operation).toMatchObject({
      name: "getProfile",
      records: 200,
      confidence: 1,
      people: { kind: "account", path: "params.user_id" },
      why: "200 of 200 values are ids in the directory, 40 distinct",
    });
  });

  test("are only guessed by name without it", () => {
    const [operation] = profile(accessLog).operations;
    expect(operation?.people).toMatchObject({ kind: "account", path: "params.user_id" });
    expect(operation?.confidence).toBeLessThan(0.7);
  });

  test("that the directory does not hold are not proposed, whatever they are called", () => {
    const [operation] = profile(accessLog, { directory: ["somebody-else"] }).operations;
    expect(operation?.people).toEqual({ kind: "unknown" });
    expect(operation?.alternatives[0]).toContain("`params.user_id` sounds like account ids, but 0 of 200");
  });

  test("in a list come before the account that asked for it", () => {
    const lines = accessLog.map((line, index) => ({
      ...line,
      op: "search",
      result: { found_account_ids: [`u-${index % 40}`, `u-${(index + 1) % 40}`] },
    }));
    expect(profile(lines, { directory }).operations[0]?.people).toMatchObject({
      kind: "accounts",
      path: "result.found_account_ids",
    });
  });

  test("in a cell of CSV may be a list written as JSON", () => {
    const lines = accessLog.map(({ ts, op }, index) => ({
      ts: ts ?? null,
      op: op ?? null,
      found: `["u-${index % 40}"]`,
    }));
    expect(profile(lines, { directory, format: "csv" }).operations[0]?.people).toMatchObject({
      kind: "accounts",
      path: "found",
    });
  });

  test("inside a text are taken out by a pattern that finds them again", () => {
    const lines = accessLog.map(({ params, ...line }, index) => ({
      ...line,
      url: `/v1/users/u-${index % 40}/profile?x=${params === undefined}`,
    }));
    const people = profile(lines, { directory }).operations[0]?.people;
    if (people?.kind !== "account" || people.pattern === null) throw new TypeError("a pattern was expected");
    expect(people.path).toBe("url");
    expect(new RegExp(people.pattern, "u").exec("/v1/users/u-7/profile?x=1")?.groups?.["account"]).toBe(
      "u-7",
    );
  });

  test("two in one text are not proposed: naming one would hide the other", () => {
    const lines = accessLog.map(({ params, ...line }, index) => ({
      ...line,
      n: params === undefined,
      url: `/compare/u-${index % 40}/u-${(index + 1) % 40}`,
    }));
    expect(profile(lines, { directory }).operations[0]?.people).toEqual({ kind: "unknown" });
  });

  test("in a statement of SQL are only pointed at: it may reach others too", () => {
    const lines = accessLog.map(({ ts }, index) => ({
      log_time: ts ?? null,
      operation: "AUDIT:READ.SELECT",
      user_name: "app",
      audit: { statement: `select * from users where id = u-${index % 40}` },
    }));
    const [operation] = profile(lines, { directory, format: "pgaudit" }).operations;
    expect(operation?.people).toEqual({ kind: "unknown" });
    expect(operation?.alternatives.join()).toContain("`audit.statement`, which may reach others too");
  });

  test("a few short numbers that happen to be ids are not taken for sure", () => {
    const lines = accessLog.map(({ params, ...line }, index) => ({
      ...line,
      n: params === undefined,
      shard: index % 3,
    }));
    expect(profile(lines, { directory: ["0", "1", "2", "3"] }).operations[0]?.confidence ?? 1).toBeLessThan(
      0.5,
    );
  });

  test("a number of rows is a guess that each is a person", () => {
    const lines = accessLog.map(({ params, ...line }, index) => ({
      ...line,
      n: params === undefined,
      result: { count: index },
    }));
    expect(profile(lines, { directory }).operations[0]).toMatchObject({
      people: { kind: "rows", path: "result.count" },
      confidence: 0.4,
    });
  });
});

describe("a hostile record", () => {
  test("with a million keys is looked at as far as the limits go, and that is said", () => {
    const keys = Object.fromEntries(Array.from({ length: 1_000_000 }, (_, index) => [`k${index}`, 1]));
    const found = profile([...accessLog, { extra: keys, ...accessLine(200) }]);
    expect(found.readable).toBe(201);
    // What comes after the hostile key is still seen.
    expect(found.fields[0]?.best).toMatchObject({ path: "ts", records: 201 });
    expect(found.problems.join()).toContain("1 sampled records hold more than is looked at");
  });

  test("that is no object, or nested deeply, stops nothing", () => {
    let deep: LogValue = "end";
    for (let level = 0; level < 1_000; level += 1) deep = { deep };
    const found = profile([...accessLog, [1, 2], null, { ...accessLine(200), deep }]);
    expect([found.records, found.unreadable, found.readable]).toEqual([201, 2, 201]);
  });
});
