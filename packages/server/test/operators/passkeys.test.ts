import type { Invitation } from "@cordon/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DatabaseAdministrator } from "../support/database-administrator.ts";
import { hasBrowser, OperatorBrowser, type Context, type Page } from "../support/operator-browser.ts";
import { good, TestServer } from "../support/test-server.ts";

describe.skipIf(!hasBrowser)("an operator with a passkey, in a real browser", () => {
  let server: TestServer;
  let browser: OperatorBrowser;
  let origin: string;
  let astrid: { context: Context; page: Page; faults: string[] };

  beforeAll(async () => {
    [server, browser] = await Promise.all([TestServer.start(3), OperatorBrowser.start()]);
    origin = server.url.replace("127.0.0.1", "localhost");
    astrid = await browser.person();
  });
  afterAll(async () => {
    await browser.close();
    await server.end();
  });

  const invite = async (name: string, roles?: string[]) =>
    good<Invitation>(
      await server.post("administrator", "/v1/operators", {
        name,
        ...(roles === undefined ? {} : { roles, displayName: "Astrid Ek" }),
      }),
    ).link;
  const sessionOf = async (context: Context) =>
    (await context.cookies()).find(({ name }) => name === "cordon-session");

  test("until somebody can sign in, the status page is for this machine as it is", async () => {
    expect((await server.get(null, "/")).status).toBe(200);
  });

  test("enrols with the one-time link, and is signed in", async () => {
    const link = await invite("astrid.ek", ["viewer", "responder", "approver", "administrator"]);
    const { page, context } = astrid;
    await page.goto(link);
    await page.click("button[data-passkey=enrol]:enabled");
    await page.waitForURL(`${origin}/operator`);
    expect(await page.textContent("main h2")).toBe("Astrid Ek");
    expect(await sessionOf(context)).toMatchObject({ httpOnly: true, sameSite: "Strict" });
    const again = await browser.person();
    await again.page.goto(link);
    await again.page.click("button[data-passkey=enrol]:enabled");
    await again.page.waitForSelector("#told:has-text('was used')");
    expect(await sessionOf(again.context)).toBeUndefined();
  });

  test("is asked for at the status page from then on, and sees it when signed in", async () => {
    const stranger = await browser.person();
    await stranger.page.goto(`${origin}/`);
    expect(stranger.page.url()).toBe(`${origin}/sign-in`);
    await astrid.page.goto(`${origin}/`);
    expect(await astrid.page.textContent("main")).toContain("No incident is open");
  });

  test("signs out, and in again with the passkey", async () => {
    const { page, context } = astrid;
    await page.goto(`${origin}/operator`);
    const before = (await sessionOf(context))?.value ?? "";
    await page.click("text=Sign out >> nth=0");
    await page.waitForURL(`${origin}/sign-in`);
    const stale = await server.get(null, "/v1/status", { cookie: `cordon-session=${before}` });
    expect(stale.status).toBe(401);
    await page.click("button[data-passkey=sign-in]:enabled");
    await page.waitForURL(`${origin}/`);
  });

  test("adds another passkey, and makes a token that is shown once", async () => {
    const { page } = astrid;
    await page.goto(`${origin}/operator`);
    await page.click("button[data-passkey=add-passkey]:enabled");
    await page.waitForSelector("text=2 passkeys");
    await page.fill("#label", "status board");
    await page.check("input[name=roles][value=viewer]");
    await page.click("text=Make token");
    const secret = (await page.textContent("code.secret")) ?? "";
    expect(secret).toMatch(/^cordon_[\w-]{43}$/);
    expect((await server.get(null, "/v1/status", { authorization: `Bearer ${secret}` })).status).toBe(200);
    await page.goto(`${origin}/operator`);
    expect(await page.textContent("main")).not.toContain(secret);
  });

  test("without being verified by the authenticator nobody gets in", async () => {
    const link = await invite("nils", ["viewer"]);
    const nils = await browser.person({ verifies: false });
    await nils.page.goto(link);
    await nils.page.click("button[data-passkey=enrol]:enabled");
    await nils.page.waitForSelector("#told:has-text('did not work')");
    expect(await sessionOf(nils.context)).toBeUndefined();
  });

  test("an administrator invites on the page of operators, takes roles away, and the other's session ends", async () => {
    const { page } = astrid;
    await page.goto(`${origin}/operators`);
    await page.fill("#name", "olle");
    for (const role of ["viewer", "approver"]) {
      await page.check(`form[action='/operators/invite'] input[value=${role}]`);
    }
    await page.click("text=Make a one-time link >> nth=-1");
    const link = (await page.textContent("code.secret")) ?? "";
    const olle = await browser.person();
    await olle.page.goto(link);
    await olle.page.click("button[data-passkey=enrol]:enabled");
    await olle.page.waitForURL(`${origin}/operator`);
    expect((await olle.page.goto(`${origin}/operators`))?.status()).toBe(403);
    good(await server.post("administrator", "/v1/operators/olle/roles", { roles: ["viewer"] }));
    await olle.page.goto(`${origin}/operator`);
    expect(olle.page.url()).toBe(`${origin}/sign-in`);
  });

  test("sees where they are signed in, and signs out everywhere else", async () => {
    const { page, context } = astrid;
    const here = (await sessionOf(context))?.value ?? "";
    await page.goto(`${origin}/sign-in`);
    await context.addCookies([{ name: "cordon-session", value: "x", url: origin }]);
    await page.goto(`${origin}/sign-in`);
    await page.click("button[data-passkey=sign-in]:enabled");
    await page.waitForURL(`${origin}/`);
    await page.goto(`${origin}/operator`);
    await page.click("text=Sign out everywhere else");
    await page.waitForURL(`${origin}/operator`);
    expect((await server.get(null, "/v1/status", { cookie: `cordon-session=${here}` })).status).toBe(401);
    const now = (await sessionOf(context))?.value ?? "";
    expect((await server.get(null, "/v1/status", { cookie: `cordon-session=${now}` })).status).toBe(200);
  });

  test("a new link ends the passkeys of before once it is used", async () => {
    const link = await invite("astrid.ek");
    const other = await browser.person();
    await other.page.goto(link);
    await other.page.click("button[data-passkey=enrol]:enabled");
    await other.page.waitForURL(`${origin}/operator`);
    await astrid.page.goto(`${origin}/operator`);
    expect(astrid.page.url()).toBe(`${origin}/sign-in`);
    await astrid.page.click("button[data-passkey=sign-in]:enabled");
    await astrid.page.waitForSelector("#told:has-text('did not work')");
    astrid = other;
  });

  test("a session that the database's administrator wrote or changed is none", async () => {
    const database = await DatabaseAdministrator.at(server.databaseUrl);
    const secret = (await sessionOf(astrid.context))?.value ?? "";
    const status = async () =>
      (await server.get(null, "/v1/status", { cookie: `cordon-session=${secret}` })).status;
    expect(await status()).toBe(200);
    expect(await database.everyRow()).not.toContain(secret);
    await database.query("update operators.session set operator = 'approver' where operator = 'astrid.ek'");
    expect(await status()).toBe(401);
    await database.close();
  });

  test("attempts at one account are slowed down, whatever they bring, and so are attempts from one address", async () => {
    const database = await DatabaseAdministrator.at(server.databaseUrl);
    const [row] = await database.query<{ id: string }>(
      `select substring(event from '"passkey":."id":"([^"]+)"') as id from journal.event
       where type = 'operator-enrolled' order by seq desc limit 1`,
    );
    await database.close();
    const attempt = async (id: string) => {
      const response = { id, rawId: id, type: "public-key", response: { clientDataJSON: "e30" } };
      const headers = { origin, "sec-fetch-site": "same-origin", "content-type": "application/json" };
      const body = JSON.stringify({ response });
      return fetch(`${origin}/sign-in/passkey`, { method: "POST", headers, body });
    };
    const statuses: number[] = [];
    for (let n = 0; n < 12; n++) statuses.push((await attempt(row?.id ?? "")).status);
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 403));
    expect(statuses.slice(10)).toEqual([429, 429]);
    const unknown: Response[] = [];
    for (let n = 0; n < 30; n++) unknown.push(await attempt("AAAA"));
    expect(unknown.at(-1)?.status).toBe(429);
    expect(Number(unknown.at(-1)?.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("no page breaks its own policy", () => {
    expect(astrid.faults).toEqual([]);
  });
});
