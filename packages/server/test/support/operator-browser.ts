import { startBrowser, type TestBrowser } from "../../../client/test/browser.ts";

export { hasBrowser } from "../../../client/test/browser.ts";

interface DevTools {
  send(method: string, parameters?: object): Promise<unknown>;
}

/** What is used of Playwright here. Its own types need those of a browser, which nothing here runs in. */
export interface Page {
  goto(url: string): Promise<{ status(): number } | null>;
  url(): string;
  title(): Promise<string>;
  textContent(selector: string): Promise<string | null>;
  click(selector: string): Promise<void>;
  fill(selector: string, text: string): Promise<void>;
  check(selector: string): Promise<void>;
  waitForURL(url: string | RegExp): Promise<void>;
  waitForSelector(selector: string): Promise<unknown>;
  evaluate(expression: string): Promise<unknown>;
  screenshot(options: { readonly path: string; readonly fullPage: true }): Promise<unknown>;
  emulateMedia(options: { readonly colorScheme: "light" | "dark" }): Promise<void>;
  on(event: "pageerror", listener: (error: Error) => void): unknown;
  on(event: "console", listener: (message: { type(): string; text(): string }) => void): unknown;
}

export interface Context {
  newPage(): Promise<Page>;
  setDefaultTimeout(ms: number): void;
  newCDPSession(page: Page): Promise<DevTools>;
  cookies(): Promise<
    readonly { name: string; value: string; httpOnly: boolean; secure: boolean; sameSite: string }[]
  >;
  addCookies(cookies: readonly { name: string; value: string; url: string }[]): Promise<void>;
  close(): Promise<void>;
}

/** A person's browser: a context of its own with an authenticator that verifies its person. */
export class OperatorBrowser {
  readonly #started: TestBrowser;

  private constructor(started: TestBrowser) {
    this.#started = started;
  }

  static async start(): Promise<OperatorBrowser> {
    return new OperatorBrowser(await startBrowser());
  }

  /** `verifies`: whether the authenticator says that it has made sure of the person. */
  async person({ verifies = true } = {}): Promise<{ context: Context; page: Page; faults: string[] }> {
    const made: unknown = await this.#started.browser.newContext();
    const context = made as Context;
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => {
      if (/Content.Security.Policy/i.test(message.text())) faults.push(message.text());
    });
    const tools = await context.newCDPSession(page);
    await tools.send("WebAuthn.enable");
    await tools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: verifies,
        automaticPresenceSimulation: true,
      },
    });
    return { context, page, faults };
  }

  close(): Promise<void> {
    return this.#started.close();
  }
}
