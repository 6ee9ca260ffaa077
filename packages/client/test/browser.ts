import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What is used of Playwright. Its own types need those of a browser, which nothing here runs in. */
export interface Page {
  goto(url: string): Promise<unknown>;
  title(): Promise<string>;
  evaluate(expression: string): Promise<unknown>;
  on(event: "pageerror", listener: (error: Error) => void): unknown;
}

interface BrowserContext {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

interface Browser {
  newContext(): Promise<BrowserContext>;
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

const require = createRequire(import.meta.url);
const { chromium } = require("playwright-core") as Playwright;

/** The npm package's browser is built for Linux on x86-64; it needs the C library and libgcc of the system, no more. */
export const hasBrowser = process.platform === "linux" && process.arch === "x64";

/** Unpacks the npm package's parts into TMPDIR, the only place where it puts them. */
const unpack = `
  import { inflate } from "@sparticuz/chromium";
  await Promise.all(process.argv.slice(1).map((file) => inflate(file)));
`;

export interface TestBrowser {
  readonly browser: Browser;
  readonly close: () => Promise<void>;
}

/** A real browser from npm packages alone, in a temporary folder that is gone after `close`. */
export async function startBrowser(): Promise<TestBrowser> {
  const folder = mkdtempSync(join(tmpdir(), "cordon-browser-"));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const packed = fileURLToPath(new URL("../bin/", import.meta.resolve("@sparticuz/chromium")));
    const files = ["chromium.br", "al2023.tar.br"].map((name) => join(packed, name));
    const environment = { ...process.env, TMPDIR: folder, HOME: folder };
    const unpacked = spawnSync(process.execPath, ["--input-type=module", "--eval", unpack, ...files], {
      cwd: import.meta.dirname,
      env: environment,
      encoding: "utf8",
    });
    if (unpacked.status !== 0) throw new Error(`the browser can't be unpacked: ${unpacked.stderr}`);
    const browser = await chromium.launch({
      executablePath: join(folder, "chromium"),
      args: ["--no-sandbox", "--headless", "--disable-gpu", "--disable-dev-shm-usage"],
      // NSS and its like, which a server often lacks.
      env: { ...environment, LD_LIBRARY_PATH: join(folder, "al2023", "lib") },
    });
    return {
      browser,
      close: async () => {
        await browser.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
