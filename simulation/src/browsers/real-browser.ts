import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { DrillError } from "../drill/drill-error.ts";

/** What is used of Playwright. Its own types need those of a browser, which nothing here runs in. */
export interface Page {
  goto(url: string, options?: { waitUntil: "domcontentloaded" }): Promise<unknown>;
  reload(): Promise<unknown>;
  url(): string;
  waitForURL(url: RegExp): Promise<void>;
  getByRole(role: string, options: { name: string | RegExp; exact?: boolean }): Locator;
  locator(selector: string): Locator;
}

interface Locator {
  click(): Promise<void>;
  fill(text: string): Promise<void>;
  waitFor(options?: { state: "visible" | "hidden" }): Promise<void>;
  first(): Locator;
  count(): Promise<number>;
}

interface Context {
  newPage(): Promise<Page>;
  setDefaultTimeout(ms: number): void;
}

interface Browser {
  newContext(): Promise<Context>;
  close(): Promise<void>;
}

interface Playwright {
  readonly chromium: {
    launch(options: {
      readonly executablePath: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string | undefined>>;
    }): Promise<Browser>;
  };
}

/** The npm package's browser is built for Linux on x86-64. */
export const hasBrowser = process.platform === "linux" && process.arch === "x64";

const unpack = `
  import { inflate } from "@sparticuz/chromium";
  await Promise.all(process.argv.slice(1).map((file) => inflate(file)));
`;
const waitMs = 30_000;
const closeMs = 5_000;

/** A browser out of the npm package, unpacked into a folder that is gone at its end. */
export class RealBrowser {
  readonly #browser: Browser;
  readonly #folder: string;

  private constructor(browser: Browser, folder: string) {
    this.#browser = browser;
    this.#folder = folder;
  }

  static async start(): Promise<RealBrowser> {
    const folder = mkdtempSync(path.join(tmpdir(), "drill-browser-"));
    const env = { ...process.env, TMPDIR: folder, HOME: folder };
    const packed = fileURLToPath(new URL("../bin/", import.meta.resolve("@sparticuz/chromium")));
    const files = ["chromium.br", "al2023.tar.br"].map((name) => path.join(packed, name));
    const done = spawnSync(process.execPath, ["--input-type=module", "--eval", unpack, ...files], {
      cwd: import.meta.dirname,
      env,
      encoding: "utf8",
    });
    const executablePath = path.join(folder, "chromium");
    if (done.status !== 0 || !existsSync(executablePath))
      throw new DrillError("ERR_DRILL_PROCESS", `the browser can't be unpacked: ${done.stderr}`);
    const { chromium } = createRequire(import.meta.url)("playwright-core") as Playwright;
    const browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio"],
      env: { ...env, LD_LIBRARY_PATH: path.join(folder, "al2023", "lib") },
    });
    return new RealBrowser(browser, folder);
  }

  /** A page with cookies and storage of its own, as on somebody's own machine. */
  async newPerson(): Promise<Page> {
    const context = await this.#browser.newContext();
    context.setDefaultTimeout(waitMs);
    return context.newPage();
  }

  async close(): Promise<void> {
    // A browser that hangs at its end goes with this process.
    await Promise.race([this.#browser.close(), new Promise((resolve) => setTimeout(resolve, closeMs))]);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
