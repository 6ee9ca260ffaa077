import type { BrowserPerson } from "./browsers-messages.ts";
import type { Page } from "./real-browser.ts";

/** Where the page stands when the response comes; signing in again leads back to it. */
const place = "#/albums";

/** Somebody at the player, in a real browser. Throws when the page does not do what a person would wait for. */
export class PersonInBrowser {
  readonly #page: Page;
  readonly #person: BrowserPerson;
  readonly #playerUrl: string;

  constructor(page: Page, person: BrowserPerson, playerUrl: string) {
    this.#page = page;
    this.#person = person;
    this.#playerUrl = playerUrl;
  }

  async signIn(): Promise<void> {
    await this.#page.goto(`${this.#playerUrl}/${place}`, { waitUntil: "domcontentloaded" });
    await this.#page.getByRole("button", { name: "Sign in", exact: true }).first().click();
    await this.#typePassword();
  }

  /** Comes back to the page: `asked` to sign in again, and does, or `nothing` is asked. */
  async comeBack(): Promise<"asked" | "nothing"> {
    await this.#page.reload();
    await this.#page.locator(".rail").waitFor();
    const action = this.#page.getByRole("button", { name: /^sign in/i }).first();
    if (this.#person.asked) await action.waitFor();
    else await this.#page.locator(".shelf, .card, h1").first().waitFor();
    if ((await action.count()) === 0) return "nothing";
    await action.click();
    await this.#typePassword();
    return "asked";
  }

  async #typePassword(): Promise<void> {
    await this.#page.waitForURL(/\/sign-in\//);
    await this.#page.locator('input[name="username"]').fill(this.#person.email);
    await this.#page.locator('input[name="password"]').fill(this.#person.password);
    await this.#page.locator("button").first().click();
    await this.#page.locator(".rail").waitFor();
    const at = this.#page.url();
    if (!at.endsWith(place)) throw new Error(`signing in led to \`${at}\` instead of \`${place}\``);
  }
}
