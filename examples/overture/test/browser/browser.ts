import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What is used of Playwright. Its own types need those of a browser, which nothing here runs in. */
export interface Page {
  goto(url: string, options?: { waitUntil?: "load" | "domcontentloaded" }): Promise<unknown>;
  reload(): Promise<unknown>;
  url(): string;
  evaluate(expression: string): Promise<unknown>;
  getByRole(role: string, options?: { name?: string | RegExp; exact?: boolean }): Locator;
  getByLabel(label: string | RegExp): Locator;
  getByText(text: string | RegExp): Locator;
  locator(selector: string): Locator;
  screenshot(options: { path: string; type?: "png" | "jpeg"; quality?: number }): Promise<unknown>;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  emulateMedia(media: { colorScheme?: "light" | "dark"; reducedMotion?: "reduce" }): Promise<void>;
  waitForURL(url: RegExp): Promise<void>;
  waitForTimeout(ms: number): Promise<void>;
  addScriptTag(script: { content: string }): Promise<unknown>;
  close(): Promise<void>;
  on(event: "pageerror", listener: (error: Error) => void): unknown;
  readonly keyboard: { press(key: string): Promise<void> };
}

export interface Locator {
  click(options?: { timeout?: number }): Promise<void>;
  fill(text: string): Promise<void>;
  waitFor(options?: { state?: "visible" | "hidden"; timeout?: number }): Promise<void>;
  textContent(): Promise<string | null>;
  count(): Promise<number>;
  isVisible(): Promise<boolean>;
  first(): Locator;
  nth(index: number): Locator;
  press(key: string): Promise<void>;
  focus(): Promise<void>;
}

interface Session {
  send(method: string, parameters?: object): Promise<unknown>;
}

export interface Context {
  newPage(): Promise<Page>;
  pages(): Page[];
  newCDPSession(page: Page): Promise<Session>;
  addInitScript(script: string): Promise<unknown>;
  setDefaultTimeout(ms: number): void;
  close(): Promise<void>;
}

interface Playwright {
  readonly chromium: {
    launchPersistentContext(
      folder: string,
      options: {
        readonly executablePath: string;
        readonly args: readonly string[];
        readonly viewport: { readonly width: number; readonly height: number };
        readonly env: Readonly<Record<string, string | undefined>>;
      },
    ): Promise<Context>;
  };
}

const require = createRequire(import.meta.url);
const { chromium } = require("playwright-core") as Playwright;

/** The npm package's browser is built for Linux on x86-64. */
export const hasBrowser = process.platform === "linux" && process.arch === "x64";

const unpack = `
  import { inflate } from "@sparticuz/chromium";
  await Promise.all(process.argv.slice(1).map((file) => inflate(file)));
`;

const waitMs = 60_000;
const closeMs = 5_000;

/** One unpacked browser for a test file, and profiles that outlive its restarts. */
export class BrowserKit {
  readonly #folder: string;
  readonly #environment: Record<string, string | undefined>;
  readonly #open = new Set<Context>();
  #profiles = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#environment = { ...process.env, TMPDIR: folder, HOME: folder };
  }

  static unpack(): BrowserKit {
    const kit = new BrowserKit(mkdtempSync(join(tmpdir(), "overture-browser-")));
    const packed = fileURLToPath(new URL("../bin/", import.meta.resolve("@sparticuz/chromium")));
    const files = ["chromium.br", "al2023.tar.br"].map((name) => join(packed, name));
    const done = spawnSync(process.execPath, ["--input-type=module", "--eval", unpack, ...files], {
      cwd: import.meta.dirname,
      env: kit.#environment,
      encoding: "utf8",
    });
    if (done.status !== 0 || !existsSync(join(kit.#folder, "chromium")))
      throw new Error(`the browser can't be unpacked: ${done.stderr}`);
    return kit;
  }

  newProfile(): string {
    this.#profiles += 1;
    return join(this.#folder, `profile-${this.#profiles}`);
  }

  /** Starts the browser on a profile; the same profile again is a restart. */
  async start(profile: string, viewport = { width: 1280, height: 800 }): Promise<Context> {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: join(this.#folder, "chromium"),
      args: [
        "--no-sandbox",
        "--headless",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--mute-audio",
        "--autoplay-policy=no-user-gesture-required",
      ],
      viewport,
      env: { ...this.#environment, LD_LIBRARY_PATH: join(this.#folder, "al2023", "lib") },
    });
    context.setDefaultTimeout(waitMs);
    this.#open.add(context);
    return context;
  }

  /** Ends one browser; one that hangs at its end is left to `close`. */
  async stop(context: Context): Promise<void> {
    this.#open.delete(context);
    await Promise.race([context.close(), new Promise((resolve) => setTimeout(resolve, closeMs))]);
  }

  async close(): Promise<void> {
    for (const context of this.#open) await this.stop(context);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
