import { createServer, get, Agent } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, onTestFinished, test } from "vitest";

import { nodeGuard } from "../src/index.ts";
import type { BundleSource, Offer } from "../src/index.ts";
import { signedBundle } from "./signed-bundle.ts";
import { request, testPoint } from "./test-point.ts";

const swaps = 300;
const clients = 16;

/** A source that hands over what it is told to. */
class PushedBundles implements BundleSource {
  offer: (bytes: Uint8Array) => Promise<Offer> = () => Promise.resolve("again");

  follow(offer: (bytes: Uint8Array) => Promise<Offer>): Promise<void> {
    this.offer = offer;
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Version n concerns `ada` by rule `r<n>`, and in its second cohort `bo` when n is even. Nobody else is concerned. */
function rulesOf(version: number) {
  const cutoff = "2014-05-27T12:00:00Z";
  return [
    { id: `r${version}`, measure: "reauthenticate", cohort: "always", cutoff },
    { id: `p${version}`, measure: "change_password", cohort: "sometimes", cutoff },
  ];
}

test(`hot swap without a pause: ${swaps} bundles swapped under load, and every answer is that of one bundle that was in force meanwhile`, async () => {
  const { key, point } = await testPoint();
  const source = new PushedBundles();
  const enforced = point({ source });
  await enforced.start();
  const bundleOf = (version: number) =>
    signedBundle({
      version,
      rules: rulesOf(version),
      cohorts: { always: ["ada"], sometimes: version % 2 === 0 ? ["bo"] : ["nobody"] },
      keys: [key],
    });
  await source.offer(bundleOf(1));

  const guard = nodeGuard({
    point: enforced,
    describe: ({ headers }) => ({
      request: request({ account: String(headers["x-account"]) }),
      claimed: null,
    }),
  });
  const server = createServer((incoming, response) => guard(incoming, response, () => response.end("music")));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  onTestFinished(() => {
    agent.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const ask = (account: string) =>
    new Promise<{ status: number; rules: string[] }>((resolve, reject) => {
      const options = { port, host: "127.0.0.1", agent, headers: { "x-account": account } };
      get(options, (response) => {
        let text = "";
        response.on("data", (chunk) => (text += String(chunk)));
        response.on("end", () => {
          const status = response.statusCode ?? 0;
          const rules =
            status === 200 ? [] : (JSON.parse(text) as { directives: { rule: string }[] }).directives;
          resolve({ status, rules: (rules as { rule: string }[]).map(({ rule }) => rule) });
        });
      }).on("error", reject);
    });

  let version = 1;
  let swapping = true;
  let answers = 0;
  const wrong: unknown[] = [];
  const load = Array.from({ length: clients }, async (_, index) => {
    for (let turn = index; swapping; turn++) {
      const account = ["ada", "bo", "cy"][turn % 3] ?? "cy";
      const from = version;
      const answer = await ask(account);
      // The version is counted after the swap, so one more may have been in force already.
      const possible = Array.from({ length: version + 1 - from + 1 }, (_, i) => from + i);
      const right = possible.some((one) => {
        const expected =
          account === "ada" ? [`r${one}`] : account === "bo" && one % 2 === 0 ? [`p${one}`] : [];
        const status = expected.length === 0 ? 200 : account === "ada" ? 401 : 403;
        return answer.status === status && answer.rules.join() === expected.join();
      });
      if (!right) wrong.push({ account, from, to: version, answer });
      answers += 1;
    }
  });
  while (version < swaps) {
    const offered = source.offer(bundleOf(version + 1));
    expect(await offered).toBe("settled");
    version += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  swapping = false;
  await Promise.all(load);
  expect(wrong).toEqual([]);
  expect(answers).toBeGreaterThan(swaps);
  expect(enforced.counters.report()).toMatchObject({ "bundle.adopted": swaps });
});
