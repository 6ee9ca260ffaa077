import { describe, expect, test } from "vitest";
import { eventsOf, sourceOf } from "./assemble-text.ts";

/** As Security Lake writes CloudTrail's data events: API Activity. */
const apiActivity = {
  activity_id: 2,
  activity_name: "Read",
  actor: {
    user: {
      type: "AssumedRole",
      uid: "arn:aws:sts::111122223333:assumed-role/metrics/svc",
      account: { uid: "111122223333" },
    },
    session: { uid: "9f2c", issuer: "arn:aws:iam::111122223333:role/metrics", is_mfa: false },
  },
  api: {
    operation: "GetItem",
    request: { uid: "req-1" },
    service: { name: "dynamodb.amazonaws.com" },
    version: "2012-08-10",
  },
  category_uid: 6,
  class_name: "API Activity",
  class_uid: 6003,
  cloud: { provider: "AWS", region: "eu-north-1" },
  metadata: { product: { name: "CloudTrail", vendor_name: "AWS" }, uid: "e-1", version: "1.1.0" },
  resources: [
    { type: "AWS::DynamoDB::Table", uid: "arn:aws:dynamodb:eu-north-1:111122223333:table/profiles" },
  ],
  severity_id: 1,
  src_endpoint: { ip: "203.0.113.7" },
  status: "Success",
  status_id: 1,
  time: 1_400_580_000_123,
  time_dt: "2014-05-20T10:00:00.123Z",
  type_uid: 600302,
  unmapped: { "requestParameters.key.user_id": "u-1" },
};

/** Datastore Activity: what was asked of a database. */
const datastoreActivity = {
  activity_id: 4,
  activity_name: "Query",
  actor: { user: { name: "svc", uid: "17" }, session: { uid: "pg-4711" } },
  category_uid: 6,
  class_uid: 6005,
  database: { name: "shop", type_id: 1 },
  metadata: { uid: "d-1", version: "1.8.0", sequence: 12 },
  query_info: { query_string: "select * from account where id = $1", uid: "q-1" },
  severity_id: 1,
  src_endpoint: { ip: "10.0.0.9", port: 52044 },
  status_id: 1,
  table: { name: "account" },
  time: 1_400_580_000_123.456,
  type_uid: 600504,
  unmapped: { row_count: 250, account_ids: ["u-1", 9_007_199_254_740_991] },
};

/** Authentication: a sign-in reads the credentials of the user that it is for. */
const authentication = {
  activity_id: 1,
  activity_name: "Logon",
  category_uid: 3,
  class_uid: 3002,
  is_remote: true,
  metadata: { uid: "a-1", version: "1.3.0" },
  severity_id: 1,
  src_endpoint: { ip: "203.0.113.7" },
  status_id: 2,
  status_detail: "Bad password",
  time: 1_400_580_000_123,
  type_uid: 300201,
  user: { name: "ada", uid: "u-3", type_id: 1 },
};

/** Account Change: somebody's account was changed. */
const accountChange = {
  activity_id: 4,
  activity_name: "Password Reset",
  actor: { user: { uid: "admin-1" }, session: { uid: "9f2c" } },
  category_uid: 3,
  class_uid: 3001,
  metadata: { uid: "c-1", version: "1.3.0" },
  severity_id: 2,
  status_id: 1,
  time: 1_400_580_000_123,
  time_dt: "2014-05-20T10:00:00.123Z",
  type_uid: 300104,
  user: { name: "ada", uid: "u-3" },
};

const fields = {
  time: "time",
  id: "metadata.uid",
  actor: "actor.user.uid",
  address: "src_endpoint.ip",
  session: "actor.session.uid",
  operation: "type_uid",
  outcome: "status_id",
};
const ocsf = sourceOf("ocsf", {
  fields,
  succeeded: { status_id: 1 },
  operations: {
    600302: {
      when: { "api.operation": "GetItem" },
      account: 'unmapped."requestParameters.key.user_id"',
      classes: ["user.name"],
    },
    600504: [
      {
        when: { "table.name": "account", "query_info.uid": "q-1" },
        accounts: "unmapped.account_ids",
        classes: ["user.name"],
      },
      { when: { "table.name": "export" }, rows: "unmapped.row_count", classes: ["user.name"] },
    ],
    300201: { account: "user.uid", classes: ["user.authorization.password"] },
    300104: { account: "user.uid", classes: ["user.authorization.password"], effect: "write" },
  },
});

describe("OCSF classes need no code of their own: the map names their paths", () => {
  test("API Activity (6003)", () => {
    const [event] = eventsOf(ocsf, JSON.stringify(apiActivity));
    expect(event).toMatchObject({ timeUs: 1_400_580_000_123_000, id: "e-1", operation: "600302" });
    expect(Object.fromEntries(event?.fields ?? [])).toEqual({
      id: "e-1",
      actor: "arn:aws:sts::111122223333:assumed-role/metrics/svc",
      address: "203.0.113.7",
      session: "9f2c",
      operation: "600302",
      outcome: "1",
    });
    expect(event?.outcome).toMatchObject({ kind: "access", names: ["u-1"], effect: "read" });
  });
  test("Datastore Activity (6005)", () => {
    const [event] = eventsOf(ocsf, JSON.stringify([datastoreActivity], null, 2));
    expect(event?.timeUs).toBe(1_400_580_000_123_456);
    expect(event?.outcome).toMatchObject({ kind: "access", entry: 0, names: ["u-1", "9007199254740991"] });
    const exported = { ...datastoreActivity, table: { name: "export" } };
    expect(eventsOf(ocsf, JSON.stringify(exported))[0]?.outcome).toMatchObject({ entry: 1, rows: 250 });
    const unknown = { ...datastoreActivity, table: { name: "secret" } };
    expect(eventsOf(ocsf, JSON.stringify(unknown))[0]?.outcome).toEqual({ kind: "unclassified" });
  });
  test("Authentication (3002)", () => {
    const [event] = eventsOf(ocsf, JSON.stringify({ Events: [authentication] }));
    expect(event?.outcome).toEqual({ kind: "refused", names: ["u-3"] });
    expect(event?.fields.get("actor")).toBeNull();
  });
  test("Account Change (3001)", () => {
    const [event] = eventsOf(ocsf, JSON.stringify({ Records: [accountChange] }, null, 1));
    expect(event?.outcome).toMatchObject({ kind: "access", names: ["u-3"], effect: "write" });
  });
});

test("`time_dt` is the same instant as `time`", () => {
  const byText = sourceOf("ocsf", { fields: { ...fields, time: "time_dt" } });
  for (const record of [apiActivity, accountChange]) {
    const [event] = eventsOf(byText, JSON.stringify(record));
    expect(event?.timeUs).toBe(eventsOf(ocsf, JSON.stringify(record))[0]?.timeUs);
  }
});
