import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NoticeError } from "../errors.ts";

/** What is used of Playwright. Its own types need those of a browser, which nothing here runs in. */
export interface PreviewPage {
  setViewportSize(size: { readonly width: number; readonly height: number }): Promise<void>;
  goto(url: string): Promise<unknown>;
  setContent(html: string): Promise<void>;
  evaluate(expression: string): Promise<unknown>;
  click(selector: string): Promise<void>;
  screenshot(options: { readonly path: string; readonly fullPage: true }): Promise<unknown>;
  close(): Promise<void>;
}

export interface PreviewContext {
  newPage(): Promise<PreviewPage>;
  close(): Promise<void>;
}

interface Browser {
  newContext(options: { readonly javaScriptEnabled: boolean }): Promise<PreviewContext>;
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

/** Unpacks the npm package's parts into TMPDIR, the only place where it puts them. */
const unpack = `
  import { inflate } from ${JSON.stringify("@sparticuz/chromium")};
  await Promise.all(process.argv.slice(1).map((file) => inflate(file)));
`;

export interface PreviewBrowser {
  readonly browser: Browser;
  readonly close: () => Promise<void>;
}

/**
 * A real browser from the npm packages `playwright-core` and `@sparticuz/chromium`, which need not be installed where only
 * texts are made. `environment`: what the browser's process gets. Throws `ERR_NOTICE_BROWSER` without them.
 */
export async function startPreviewBrowser(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<PreviewBrowser> {
  const require = createRequire(import.meta.url);
  let packed: string;
  let playwright: Playwright;
  try {
    packed = join(packageFolder(import.meta.resolve("@sparticuz/chromium")), "bin");
    playwright = require("playwright-core") as Playwright;
  } catch (error) {
    throw new NoticeError("ERR_NOTICE_BROWSER", "pictures need a browser, which is not installed", {
      hint: "npm install playwright-core @sparticuz/chromium, or leave the pictures out",
      cause: error,
    });
  }
  const folder = mkdtempSync(join(tmpdir(), "cordon-browser-"));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const files = ["chromium.br", "al2023.tar.br"].map((name) => join(packed, name));
    const env = { ...environment, TMPDIR: folder, HOME: folder };
    const unpacked = spawnSync(process.execPath, ["--input-type=module", "--eval", unpack, ...files], {
      cwd: import.meta.dirname,
      env,
      encoding: "utf8",
    });
    if (unpacked.status !== 0) {
      throw new NoticeError("ERR_NOTICE_BROWSER", `the browser can't be unpacked: ${unpacked.stderr}`);
    }
    const browser = await playwright.chromium.launch({
      executablePath: join(folder, "chromium"),
      args: ["--no-sandbox", "--headless", "--disable-gpu", "--disable-dev-shm-usage"],
      // NSS and its like, which a server often lacks.
      env: { ...env, LD_LIBRARY_PATH: join(folder, "al2023", "lib") },
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

/** `…/node_modules/@sparticuz/chromium` of a file inside it. */
function packageFolder(url: string): string {
  const path = fileURLToPath(url);
  const inside = join("@sparticuz", "chromium");
  return path.slice(0, path.indexOf(inside) + inside.length);
}
