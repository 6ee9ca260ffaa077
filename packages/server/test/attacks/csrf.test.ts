import type { Invitation, OperatorList } from "@cordon/contract";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasBrowser, OperatorBrowser, type Context, type Page } from "../support/operator-browser.ts";
import { good, TestServer } from "../support/test-server.ts";

/** A web page of somebody else's, on this machine: `/?html=…` is what it is made of. */
async function evilSite(): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    const html = new URL(request.url ?? "/", "http://x").searchParams.get("html") ?? "";
    response.setHeader("content-type", "text/html").end(`<!doctype html><body>${html}</body>`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return { server, port: typeof address === "object" && address !== null ? address.port : 0 };
}

describe.skipIf(!hasBrowser)("a page of another site, open in the browser of who is signed in", () => {
  let server: TestServer;
  let browser: OperatorBrowser;
  let evil: { server: Server; port: number };
  let origin: string;
  let person: { context: Context; page: Page };
  let cookie: string;

  beforeAll(async () => {
    [server, browser, evil] = await Promise.all([TestServer.start(1), OperatorBrowser.start(), evilSite()]);
    origin = server.url.replace("127.0.0.1", "localhost");
    const body = { name: "astrid", roles: ["viewer", "investigator", "administrator"] };
    const { link } = good<Invitation>(await server.post("administrator", "/v1/operators", body));
    person = await browser.person();
    await person.page.goto(link);
    await person.page.click("button[data-passkey=enrol]:enabled");
    await person.page.waitForURL(`${origin}/operator`);
    const held = (await person.context.cookies()).find(({ name }) => name === "cordon-session");
    cookie = `cordon-session=${held?.value ?? ""}`;
  });
  afterAll(async () => {
    evil.server.close();
    await browser.close();
    await server.end();
  });

  const journalled = async () => (await server.get(null, "/journal/checkpoint")).text.split("\n")[1];
  const isSignedIn = async () => (await server.get(null, "/v1/status", { cookie })).status === 200;

  const form = (action: string, fields: Record<string, string>) =>
    `<form id=f method=post action="${origin}${action}">${Object.entries(fields)
      .map(([name, value]) => `<input name=${name} value="${value}">`)
      .join("")}</form><script>f.submit()</script>`;
  const attacks: readonly (readonly [string, string])[] = [
    ["/operators/invite", "a new operator"],
    ["/operators/revoke", "an operator's end"],
    ["/operator/tokens", "a token"],
    ["/operator/sessions/end-others", "the end of sessions"],
    ["/sign-out", "signing out"],
  ];

  // At 127.0.0.1 it is another site; at localhost the same site with another port, where cookies do go along.
  describe.each(["127.0.0.1", "localhost"])("at %s", (host) => {
    test.each(attacks)("%s by a form that sends itself changes nothing (%s)", async (action) => {
      const before = await journalled();
      const fields = { name: "mallory", roles: "approver", operator: "approver", label: "x", days: "1" };
      const html = form(action, { ...fields, form_token: "A".repeat(43) });
      await person.page.goto(`http://${host}:${evil.port}/?html=${encodeURIComponent(html)}`);
      await person.page.waitForURL(/localhost:\d+\/(sign-in|operators?\/|sign-out)/);
      expect(await journalled()).toBe(before);
      expect(await isSignedIn()).toBe(true);
    });

    test("a command by fetch, with the cookie, changes nothing and is not answered to it", async () => {
      const before = await journalled();
      await person.page.goto(`http://${host}:${evil.port}/`);
      const told = await person.page.evaluate(
        `Promise.all(["application/json", "text/plain"].map((type) => fetch("${origin}/v1/incidents", {
          method: "POST", credentials: "include", headers: { "content-type": type }, body: '{"title":"evil"}',
        }).then((answer) => answer.text(), () => "refused by the browser")))`,
      );
      expect(told).toEqual(["refused by the browser", "refused by the browser"]);
      const blind = `fetch("${origin}/v1/incidents", { method: "POST", mode: "no-cors", credentials: "include", body: '{"title":"evil"}' }).then(() => 0, () => 0)`;
      await person.page.evaluate(blind);
      expect(await journalled()).toBe(before);
    });
  });

  test("no page can be framed", async () => {
    for (const path of ["/", "/sign-in", "/enrol", "/operator", "/operators"]) {
      const { headers } = await fetch(`${origin}${path}`, { headers: { cookie } });
      expect(headers.get("content-security-policy"), path).toContain("frame-ancestors 'none'");
      expect(headers.get("x-frame-options"), path).toBe("DENY");
    }
  });

  test("from its own pages the same requests do what they say", async () => {
    await person.page.goto(`${origin}/operators`);
    const status = await person.page.evaluate(
      `fetch("/v1/incidents", { method: "POST", headers: { "content-type": "application/json" }, body: '{"title":"own"}' }).then((answer) => answer.status)`,
    );
    expect(status).toBe(201);
  });

  test("with the form's token of another session nothing is done", async () => {
    const body = { name: "mallory", roles: ["viewer"] };
    const { link } = good<Invitation>(await server.post("administrator", "/v1/operators", body));
    const mallory = await browser.person();
    await mallory.page.goto(link);
    await mallory.page.click("button[data-passkey=enrol]:enabled");
    await mallory.page.waitForURL(`${origin}/operator`);
    const tokenOn = async (page: Page, path: string) => {
      await page.goto(`${origin}${path}`);
      return String(await page.evaluate("document.querySelector('[name=form_token]').value"));
    };
    // Sent from here, so that nothing but the token differs from what the page would send.
    const send = async (token: string) => {
      const fields = { name: "nils", roles: "viewer", form_token: token };
      const body = new URLSearchParams(fields);
      const headers = { cookie, origin };
      return (await fetch(`${origin}/operators/invite`, { method: "POST", headers, body })).status;
    };
    expect(await send(await tokenOn(mallory.page, "/operator"))).toBe(403);
    expect(await send("")).toBe(403);
    const names = async () =>
      good<OperatorList>(await server.get("administrator", "/v1/operators")).operators.map(
        ({ name }) => name,
      );
    expect(await names()).not.toContain("nils");
    expect(await send(await tokenOn(person.page, "/operators"))).toBe(200);
    expect(await names()).toContain("nils");
  });
});
