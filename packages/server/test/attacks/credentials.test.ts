import { endpoints, type CreatedToken, type Endpoint, type Incident } from "@cordon/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { good, problemIn, TestServer } from "../support/test-server.ts";

let server: TestServer;
let at: string;
beforeAll(async () => {
  server = await TestServer.start(3);
  at = `/v1/incidents/${good<Incident>(await server.post("author", "/v1/incidents", { title: "t" })).id}`;
});
afterAll(() => server.end());

const guarded = Object.values<Endpoint>(endpoints).filter(({ roles }) => roles.length > 0);
const pathOf = ({ path }: Endpoint) =>
  path.replace("{incidentId}", at.split("/").at(-1) ?? "").replaceAll(/\{\w+\}/g, "x");
const call = (endpoint: Endpoint, headers: Record<string, string>, body?: unknown) =>
  endpoint.method === "GET"
    ? server.get(null, pathOf(endpoint), headers)
    : server.post(null, pathOf(endpoint), body, headers);
const entries = async () => (await server.get(null, "/journal/checkpoint")).text.split("\n")[1];
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe("without a token of ours nothing is told and nothing is done", () => {
  const attempts: readonly (readonly [string, Record<string, string>])[] = [
    ["no token", {}],
    ["an empty token", { authorization: "Bearer " }],
    ["a wrong token", bearer("x".repeat(43))],
    ["the name of an operator as token", bearer("approver")],
    ["Basic", { authorization: `Basic ${Buffer.from("approver:approver").toString("base64")}` }],
    ["a cookie that was made up", { cookie: `cordon-session=${"A".repeat(43)}` }],
    ["a cookie of another shape", { cookie: "cordon-session=' or 1=1 --" }],
  ];
  test.each(attempts)("%s", async (_, headers) => {
    const before = await entries();
    for (const endpoint of guarded) {
      const refused = problemIn(await call(endpoint, headers));
      // Many wrong ones are slowed down; a cookie is taken from pages of this server alone.
      expect([401, 403, 429], endpoint.operationId).toContain(refused.status);
    }
    expect(await entries()).toBe(before);
  });
});

describe("a role that is claimed and not had", () => {
  const jwt = [{ alg: "none" }, { sub: "approver", roles: ["approver", "administrator"] }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");

  test("in a token of one's own making is nobody's", async () => {
    for (const token of [`${jwt}.`, `${jwt}.x`, `cordon_${"A".repeat(43)}`]) {
      expect([401, 429]).toContain((await server.get(null, "/v1/status", bearer(token))).status);
    }
  });

  test("in headers, the query or the body beside a viewer's token changes nothing", async () => {
    const asked = { label: "viewer", days: 1, roles: ["viewer"] };
    const { secret } = good<CreatedToken>(await server.post("approver", "/v1/tokens", asked));
    const claims = {
      "x-roles": "administrator",
      "x-operator": "approver",
      "x-forwarded-user": "approver",
      "x-remote-user": "approver",
      "x-cordon-roles": "approver,administrator",
      cookie: `roles=administrator; operator=approver; id_token=${jwt}.`,
    };
    const before = await entries();
    const path = "/v1/operators?roles=administrator&operator=administrator";
    const invited = { name: "mallory", roles: ["approver"], by: "administrator" };
    expect((await server.post(null, path, invited, { ...bearer(secret), ...claims })).status).toBe(403);
    const body = { title: "t", operator: "author", roles: ["investigator"], by: "author" };
    const opened = await server.post(null, "/v1/incidents", body, { ...bearer(secret), ...claims });
    expect([400, 403, 409]).toContain(opened.status);
    const plain = await server.post(null, "/v1/incidents", { title: "t" }, { ...bearer(secret), ...claims });
    expect(problemIn(plain)).toMatchObject({ status: 403, code: "ERR_ROLE" });
    expect(await entries()).toBe(before);
  });
});

describe("a foreign role", () => {
  test("an enforcement point's token commands and reads nothing of an operator's, and the other way round", async () => {
    const before = await entries();
    const both = (endpoint: Endpoint) =>
      endpoint.roles.includes("enforcement") && endpoint.roles.includes("approver");
    for (const endpoint of guarded.filter((one) => !both(one))) {
      const other = endpoint.roles.includes("enforcement") ? "approver" : "enforcement";
      const refused = problemIn(await call(endpoint, bearer(await server.token(other))));
      expect(refused.status, endpoint.operationId).toBe(403);
    }
    expect(await entries()).toBe(before);
  });

  test("who keeps the operators can neither open, nor draft, nor approve", async () => {
    const before = await entries();
    for (const [path, body] of [
      ["/v1/incidents", { title: "t" }],
      [`${at}/plans`, { measures: [{ id: "m", measure: "reauthenticate" }] }],
      [`${at}/notes`, { text: "n" }],
      [`${at}/severity`, { severity: "critical" }],
      [`${at}/all-clear`, undefined],
    ] as const) {
      const refused = await server.post("administrator", path, body);
      expect([400, 403, 409], path).toContain(refused.status);
      if (refused.status !== 400) expect(problemIn(refused).code, path).toBe("ERR_ROLE");
    }
    expect(await entries()).toBe(before);
  });
});

test("a stolen API token is worth nothing once it is revoked, for reading or for anything else", async () => {
  const { token, secret } = good<CreatedToken>(
    await server.post("approver", "/v1/tokens", { label: "stolen", days: 30 }),
  );
  expect((await server.get(null, "/v1/incidents", bearer(secret))).status).toBe(200);
  good(await server.post("approver", `/v1/tokens/${token.id}/revocation`));
  const before = await entries();
  for (const endpoint of guarded.filter(({ roles }) => !roles.includes("enforcement"))) {
    expect([401, 429], endpoint.operationId).toContain((await call(endpoint, bearer(secret))).status);
  }
  expect(await entries()).toBe(before);
});
