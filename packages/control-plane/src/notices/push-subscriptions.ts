import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { InputError, isJsonObject } from "@cordon/model";
import type { PushSubscription } from "@cordon/notices";

/** Beyond it the file is wrong input. */
const linesMax = 5_000_000;
/** Browsers of one account; the last ones count. */
const browsersMax = 10;

/** Who can be pushed to: `{"account_id","endpoint","keys":{"p256dh","auth"}}` a line, as browsers gave it. */
export class PushSubscriptions {
  readonly #byAccount: ReadonlyMap<string, readonly PushSubscription[]>;

  private constructor(byAccount: ReadonlyMap<string, readonly PushSubscription[]>) {
    this.#byAccount = byAccount;
  }

  /** Throws InputError for a line that can't be read; without the file nobody can be pushed to. */
  static async read(file: string): Promise<PushSubscriptions> {
    const byAccount = new Map<string, PushSubscription[]>();
    if (!(await isThere(file))) return new PushSubscriptions(byAccount);
    let line = 0;
    for await (const text of createInterface({
      input: createReadStream(file, "utf8"),
      crlfDelay: Infinity,
    })) {
      line++;
      if (line > linesMax)
        throw new InputError(["push subscriptions", line], "too many lines", `at most ${linesMax}`);
      if (text.trim() === "") continue;
      const { accountId, subscription } = subscriptionOf(text, line);
      const known = byAccount.get(accountId);
      if (known === undefined) byAccount.set(accountId, [subscription]);
      else if (!known.some(({ endpoint }) => endpoint === subscription.endpoint)) {
        known.push(subscription);
        if (known.length > browsersMax) known.shift();
      }
    }
    return new PushSubscriptions(byAccount);
  }

  has(accountId: string): boolean {
    return this.#byAccount.has(accountId);
  }

  of(accountId: string): readonly PushSubscription[] {
    return this.#byAccount.get(accountId) ?? [];
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

function subscriptionOf(
  text: string,
  line: number,
): { readonly accountId: string; readonly subscription: PushSubscription } {
  const fault = (): InputError =>
    new InputError(
      ["push subscriptions", line],
      "a line that can't be read",
      "`account_id`, `endpoint` and `keys` with `p256dh` and `auth`",
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fault();
  }
  if (!isJsonObject(value)) throw fault();
  const { account_id: accountId, endpoint, keys } = value;
  if (typeof accountId !== "string" || typeof endpoint !== "string" || !isJsonObject(keys)) throw fault();
  const { p256dh, auth } = keys;
  if (typeof p256dh !== "string" || typeof auth !== "string") throw fault();
  return { accountId, subscription: { endpoint, keys: { p256dh, auth } } };
}
