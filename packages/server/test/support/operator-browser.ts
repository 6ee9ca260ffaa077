import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

interface Playwright {
  readonly chromium: { launch(options: object): Promise<Browser> };
}

interface Browser {
  newContext(): Promise<Context>;
  close(): Promise<void>;
}

const { chromium } = createRequire(import.meta.url)("playwright-core") as Playwright;

/** The npm package's browser is built for Linux on x86-64; it needs the C library and libgcc of the system, no more. */
export const hasBrowser = process.platform === "linux" && process.arch === "x64";

/** Unpacks the npm package's parts into TMPDIR, the only place where it puts them. */
const unpack = `
  import { inflate } from "@sparticuz/chromium";
  await Promise.all(process.argv.slice(1).map((file) => inflate(file)));
`;

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

/** A real browser, in which each person has a context of their own with an authenticator that verifies them. */
export class OperatorBrowser {
  readonly #browser: Browser;
  readonly #folder: string;

  private constructor(browser: Browser, folder: string) {
    this.#browser = browser;
    this.#folder = folder;
  }

  static async start(): Promise<OperatorBrowser> {
    const folder = await mkdtemp(join(tmpdir(), "cordon-operator-browser-"));
    const packed = fileURLToPath(new URL("../bin/", import.meta.resolve("@sparticuz/chromium")));
    const files = ["chromium.br", "al2023.tar.br"].map((name) => join(packed, name));
    const env = { ...process.env, TMPDIR: folder, HOME: folder };
    const run = { cwd: import.meta.dirname, env, encoding: "utf8" } as const;
    const unpacked = spawnSync(process.execPath, ["--input-type=module", "--eval", unpack, ...files], run);
    if (unpacked.status !== 0) throw new Error(`the browser can't be unpacked: ${unpacked.stderr}`);
    const browser = await chromium.launch({
      executablePath: join(folder, "chromium"),
      args: ["--no-sandbox", "--headless", "--disable-gpu", "--disable-dev-shm-usage"],
      // NSS and its like, which a server often lacks.
      env: { ...env, LD_LIBRARY_PATH: join(folder, "al2023", "lib") },
    });
    return new OperatorBrowser(browser, folder);
  }

  /** `verifies`: whether the authenticator says that it has made sure of the person. */
  async person({ verifies = true } = {}): Promise<{ context: Context; page: Page; faults: string[] }> {
    const context = await this.#browser.newContext();
    context.setDefaultTimeout(60_000);
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

  async close(): Promise<void> {
    await this.#browser.close();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
