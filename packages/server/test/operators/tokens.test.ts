import type { ApiToken, ApiTokenList, CreatedToken, Invitation, Operator } from "@cordon/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DatabaseAdministrator } from "../support/database-administrator.ts";
import { good, problemIn, TestServer } from "../support/test-server.ts";

let server: TestServer;
let database: DatabaseAdministrator;
beforeAll(async () => {
  server = await TestServer.start(1);
  database = await DatabaseAdministrator.at(server.databaseUrl);
});
afterAll(async () => {
  await database.close();
  await server.end();
});

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

async function newToken(
  role: "author" | "approver",
  more: { roles?: string[]; readOnly?: boolean; days?: number } = {},
): Promise<CreatedToken> {
  return good<CreatedToken>(await server.post(role, "/v1/tokens", { label: "ci", days: 1, ...more }));
}

describe("an API token", () => {
  test("is shown once, kept as a digest, and tells when it was last used", async () => {
    const { token, secret } = await newToken("author");
    expect(secret).toMatch(/^cordon_[\w-]{43}$/);
    expect((await server.get(null, "/v1/incidents", bearer(secret))).status).toBe(200);
    const listed = await server.get("author", "/v1/tokens");
    expect(listed.text).not.toContain(secret.slice(7));
    const now = good<ApiTokenList>(listed).tokens.find((one) => one.id === token.id);
    expect(now).toMatchObject({
      operator: "author",
      state: "active",
      lastUsedAt: expect.any(String) as string,
    });
    expect(await database.everyRow()).not.toContain(secret.slice(7));
  });

  test("reaches no further than its roles, and no further than its operator's", async () => {
    const { secret } = await newToken("author", { roles: ["viewer"] });
    const refused = await server.post(null, "/v1/incidents", { title: "t" }, bearer(secret));
    expect(problemIn(refused)).toMatchObject({ status: 403 });
    const more = await server.post("author", "/v1/tokens", { label: "x", days: 1, roles: ["approver"] });
    expect(problemIn(more)).toMatchObject({ status: 422, code: "ERR_TOKEN_ROLES" });
  });

  test("for reading alone reads, and commands nothing", async () => {
    const { secret } = await newToken("author", { readOnly: true });
    expect((await server.get(null, "/v1/status", bearer(secret))).status).toBe(200);
    expect((await server.post(null, "/v1/incidents", { title: "t" }, bearer(secret))).status).toBe(403);
  });

  test("makes no other tokens: who stole it has nothing that outlives it", async () => {
    const { secret } = await newToken("author");
    const refused = await server.post(null, "/v1/tokens", { label: "x", days: 1 }, bearer(secret));
    expect(problemIn(refused)).toMatchObject({ status: 403, code: "ERR_TOKEN_BY_TOKEN" });
  });

  test("is nobody's from the moment it is revoked, also for one that was just let in", async () => {
    const { token, secret } = await newToken("author");
    expect((await server.get(null, "/v1/status", bearer(secret))).status).toBe(200);
    const revoked = good<ApiToken>(await server.post("author", `/v1/tokens/${token.id}/revocation`));
    expect(revoked.state).toBe("revoked");
    expect((await server.get(null, "/v1/status", bearer(secret))).status).toBe(401);
    expect((await server.post(null, "/v1/incidents", { title: "t" }, bearer(secret))).status).toBe(401);
  });

  test("of somebody else can't be revoked, unless by an administrator", async () => {
    const { token } = await newToken("author");
    const path = `/v1/tokens/${token.id}/revocation`;
    expect(problemIn(await server.post("approver", path)).code).toBe("ERR_TOKEN_UNKNOWN");
    expect(good<ApiToken>(await server.post("administrator", path)).state).toBe("revoked");
  });
});

describe("who the operators are", () => {
  test("only an administrator invites, and the link is shown to nobody else", async () => {
    const body = { name: "astrid.ek", displayName: "Astrid Ek", roles: ["approver"] };
    expect((await server.post("approver", "/v1/operators", body)).status).toBe(403);
    const { operator, link } = good<Invitation>(await server.post("administrator", "/v1/operators", body));
    expect(operator).toMatchObject({ name: "astrid.ek", state: "invited", roles: ["approver"], passkeys: 0 });
    expect(link).toMatch(/^http:\/\/localhost:\d+\/enrol#[\w-]{43}$/);
    const secret = link.split("#")[1] ?? "";
    expect((await server.get("author", "/v1/operators")).text).not.toContain(secret);
    expect(await database.everyRow()).not.toContain(secret);
    expect(problemIn(await server.post("administrator", "/v1/operators", body)).code).toBe(
      "ERR_OPERATOR_EXISTS",
    );
    for (const name of ["cordon", "enforcement"]) {
      const refused = await server.post("administrator", "/v1/operators", { name, roles: ["viewer"] });
      expect(problemIn(refused).code).toBe("ERR_OPERATOR_NAME");
    }
  });

  test("nobody changes their own roles, and the last administrator stays", async () => {
    const own = await server.post("administrator", "/v1/operators/administrator/roles", {
      roles: ["approver"],
    });
    expect(problemIn(own)).toMatchObject({ status: 403, code: "ERR_OPERATOR_OWN_ROLES" });
    const last = await server.post("administrator", "/v1/operators/administrator/revocation");
    expect(problemIn(last).code).toBe("ERR_OPERATOR_LAST_ADMINISTRATOR");
  });

  test("roles that are taken away are gone with the next request, from tokens too", async () => {
    const { secret } = await newToken("approver");
    const path = "/v1/operators/approver/roles";
    good<Operator>(await server.post("administrator", path, { roles: ["viewer"] }));
    const refused = await server.post(null, "/v1/incidents", { title: "t" }, bearer(secret));
    expect(problemIn(refused).status).toBe(403);
    expect((await server.post("approver", "/v1/incidents", { title: "t" })).status).toBe(403);
    good<Operator>(
      await server.post("administrator", path, {
        roles: ["viewer", "investigator", "responder", "approver"],
      }),
    );
    expect((await server.post(null, "/v1/incidents", { title: "t" }, bearer(secret))).status).toBe(201);
  });

  test("who is revoked is let in no more, with anything, and the name stays taken", async () => {
    const { token } = good<CreatedToken>(
      await server.post("second-approver", "/v1/tokens", { label: "x", days: 1 }),
    );
    expect(token.roles).toContain("approver");
    good(await server.post("administrator", "/v1/operators/second-approver/revocation"));
    expect((await server.get("second-approver", "/v1/status")).status).toBe(401);
    const again = { name: "second-approver", roles: ["viewer"] };
    expect(problemIn(await server.post("administrator", "/v1/operators", again)).status).toBe(409);
  });

  test("every change is in the journal, and no entry names anybody", async () => {
    const rows = await database.query<{ type: string }>(
      "select type from journal.event where stream = 'operators'",
    );
    expect(rows.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        "operator-invited",
        "operator-roles-changed",
        "operator-revoked",
        "token-created",
        "token-revoked",
      ]),
    );
    const checkpoint = (await server.get(null, "/journal/checkpoint")).text;
    const size = Number(checkpoint.split("\n")[1]);
    const entries = await server.get(null, `/journal/tile/entries/000.p/${size}`);
    expect(entries.status).toBe(200);
    expect(entries.text).toContain('"stream":"operators"');
    // A commitment is chance, and may well spell a name.
    const said = entries.text.replaceAll(/"commitment":"[^"]*"/g, "");
    expect(said).not.toMatch(/astrid|approver|Ek\b/);
  });

  test("another server on the same database knows of it", async () => {
    await server.close();
    await server.open();
    expect((await server.get("second-approver", "/v1/status")).status).toBe(401);
  });
});
