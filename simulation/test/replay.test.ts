import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { hasBrowser, RealBrowser } from "../src/browsers/real-browser.ts";

const entry = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const timeoutMs = 240_000;

/** A drill that stays, once its player is open. */
async function stayingDrill(home: string) {
  const drill = fork(entry, ["--home", home, "--accounts", "200", "--stay"], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const ended = new Promise<number | null>((resolve) => drill.once("close", resolve));
  let said = "";
  const player = await new Promise<{ url: string; email: string; password: string }>((resolve, reject) => {
    drill.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      said += chunk;
      const [, url, email] = /the player is open at (\S+): sign in as (\S+)\n/.exec(said) ?? [];
      const password = /with the password (\S+), and/.exec(said)?.[1];
      if (url !== undefined && email !== undefined && password !== undefined)
        resolve({ url, email, password });
    });
    void ended.then((code) => {
      reject(new Error(`the drill ended with ${code ?? "a signal"}`));
    });
  });
  const end = async () => {
    drill.kill("SIGINT");
    return ended;
  };
  return { ...player, end };
}

it.runIf(hasBrowser)(
  "after the drill a person can open the player, sign in, replay the incident, live through it and give the all clear",
  { timeout: timeoutMs },
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "replay-"));
    const browser = await RealBrowser.start();
    const drill = await stayingDrill(path.join(folder, "home"));
    try {
      const page = await browser.newPerson();
      const typePassword = async () => {
        await page.waitForURL(/\/sign-in\//);
        await page.locator('input[name="username"]').fill(drill.email);
        await page.locator('input[name="password"]').fill(drill.password);
        await page.locator("button").first().click();
        await page.locator(".rail").waitFor();
      };
      const inForce = page.locator(".act.is-on");
      const act = (number: number) => page.locator(`.act:nth-child(${number}) button`);
      await page.goto(`${drill.url}/#/replay`);
      await page.getByRole("button", { name: "Sign in", exact: true }).first().click();
      await typePassword();

      // The session ends: signing in again leads back to the very page.
      await act(1).click();
      const again = page.locator(".asked-reauthenticate button").first();
      await again.waitFor();
      await again.click();
      await typePassword();
      expect(page.url()).toMatch(/#\/replay$/);
      await inForce.first().waitFor();
      expect(await page.locator(".asked").count()).toBe(0);

      // A replaced player is not let in any more; the new version is.
      await act(2).click();
      const load = page.getByRole("button", { name: "Load the new version" });
      await load.waitFor();
      await load.click();
      await load.waitFor({ state: "hidden" });
      await act(4).click();
      await inForce.first().waitFor({ state: "hidden" });
    } finally {
      await browser.close();
      const code = await drill.end();
      rmSync(folder, { recursive: true, force: true });
      expect(code).toBe(0);
    }
  },
);
