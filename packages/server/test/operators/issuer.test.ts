import type { OperatorList, OperatorRole } from "@cordon/contract";
import { freePort } from "@cordon/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { callbackPath } from "../../src/operators/issuer.ts";
import { hasBrowser, OperatorBrowser, type Context, type Page } from "../support/operator-browser.ts";
import { clientId, clientSecret, forged, TestIssuer, unsigned } from "../support/test-issuer.ts";
import { good, TestServer } from "../support/test-server.ts";

const roles: ReadonlyMap<string, readonly OperatorRole[]> = new Map([
  ["oncall", ["viewer", "responder"]],
  ["leads", ["approver"]],
]);

describe.skipIf(!hasBrowser)("sign-in by OpenID Connect, at a real provider, in a real browser", () => {
  let server: TestServer;
  let browser: OperatorBrowser;
  let issuer: TestIssuer;
  let origin: string;

  beforeAll(async () => {
    issuer = await TestIssuer.start();
    [server, browser] = await Promise.all([TestServer.start(1), OperatorBrowser.start()]);
    await server.close();
    const port = await freePort();
    // The provider is at 127.0.0.1 and the server at localhost: to a browser these are two sites.
    origin = `http://localhost:${port}`;
    await issuer.serve(`${origin}${callbackPath}`);
    const settings = { issuer: issuer.url, clientId, clientSecret, groupsClaim: "groups", roles };
    await server.open({ port, issuer: settings });
  });
  afterAll(async () => {
    await browser.close();
    issuer.close();
    await server.end();
  });
  beforeEach(() => {
    issuer.onTokens = (answer) => answer;
    issuer.people.set("grace", { name: "Grace Hopper", groups: ["oncall", "leads", "others"] });
  });

  /** Goes through the provider's own pages. */
  async function signIn(page: Page, login: string): Promise<void> {
    await page.goto(`${origin}/sign-in`);
    await page.click("text=Sign in with");
    await page.fill("input[name=login]", login);
    await page.fill("input[name=password]", "any");
    await page.click("button[type=submit]");
    await page.waitForSelector("text=Authorize");
    await page.click("button[type=submit]");
  }
  const cookieOf = async (context: Context) => {
    const session = (await context.cookies()).find(({ name }) => name === "cordon-session");
    return session === undefined ? null : `cordon-session=${session.value}`;
  };
  const operators = async () =>
    good<OperatorList>(await server.get("administrator", "/v1/operators")).operators;

  test("gives the roles of the groups, by the server's own mapping", async () => {
    const { page, context } = await browser.person();
    await signIn(page, "grace");
    await page.waitForURL(`${origin}/`);
    expect(await page.textContent("nav")).toContain("Grace Hopper");
    const grace = (await operators()).find(({ name }) => name === "grace");
    expect(grace).toMatchObject({ signsIn: "issuer", state: "active", displayName: "Grace Hopper" });
    expect(grace?.roles.toSorted()).toEqual(["approver", "responder", "viewer"]);
    const cookie = await cookieOf(context);
    expect((await server.get(null, "/v1/status", { cookie: cookie ?? "" })).status).toBe(200);
  });

  test("takes a role away at the next sign-in when the group is gone, and ends sessions of before", async () => {
    const first = await browser.person();
    await signIn(first.page, "grace");
    await first.page.waitForURL(`${origin}/`);
    issuer.people.set("grace", { name: "Grace Hopper", groups: ["oncall"] });
    const second = await browser.person();
    await signIn(second.page, "grace");
    await second.page.waitForURL(`${origin}/`);
    const before = await cookieOf(first.context);
    expect((await server.get(null, "/v1/status", { cookie: before ?? "" })).status).toBe(401);
    expect((await operators()).find(({ name }) => name === "grace")?.roles).not.toContain("approver");
  });

  test("lets nobody in whose groups have no role here", async () => {
    issuer.people.set("eve", { name: "Eve", groups: ["administrator", "others"] });
    const { page, context } = await browser.person();
    await signIn(page, "eve");
    await page.waitForSelector("text=no role here");
    expect(await cookieOf(context)).toBeNull();
    expect((await operators()).some(({ name }) => name === "eve")).toBe(false);
  });

  test("who has the name of a local operator at the issuer is somebody else", async () => {
    issuer.people.set("approver", { name: "Mallory", groups: ["oncall"] });
    const { page } = await browser.person();
    await signIn(page, "approver");
    await page.waitForURL(`${origin}/`);
    const mallory = (await operators()).find(({ displayName }) => displayName === "Mallory");
    expect(mallory?.name).toMatch(/^issuer-[0-9a-f]{24}$/);
    expect((await operators()).find(({ name }) => name === "approver")?.signsIn).toBe("token");
  });

  const leads = () => ({ groups: ["oncall", "leads"] });
  test.each([
    ["a group that was written into the id token", (token: string) => forged(token, leads)],
    ["an id token without signature", (token: string) => unsigned(token, leads)],
    ["an id token for another sign-in", (token: string) => forged(token, () => ({ nonce: "other" }))],
  ])("refuses %s on its way", async (_, forge) => {
    issuer.people.set("ivan", { name: "Ivan", groups: ["oncall"] });
    issuer.onTokens = (answer) => ({ ...answer, id_token: forge(String(answer["id_token"])) });
    const { page, context } = await browser.person();
    await signIn(page, "ivan");
    await page.waitForSelector("text=could not be checked");
    expect(await cookieOf(context)).toBeNull();
    expect((await operators()).some(({ name }) => name === "ivan")).toBe(false);
  });

  test("a way back that this browser has not gone out by leads nowhere", async () => {
    const { page, context } = await browser.person();
    for (const query of ["?code=x&state=y", "", "?error=access_denied"]) {
      await page.goto(`${origin}${callbackPath}${query}`);
      expect(await page.textContent("main")).toContain("was not begun here");
    }
    expect(await cookieOf(context)).toBeNull();
  });

  test("who was revoked is let in no more, whatever the issuer says", async () => {
    good(await server.post("administrator", "/v1/operators/grace/revocation"));
    const { page, context } = await browser.person();
    await signIn(page, "grace");
    await page.waitForSelector("text=no role here");
    expect(await cookieOf(context)).toBeNull();
  });
});
