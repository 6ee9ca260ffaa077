import fc from "fast-check";
import { expect, test } from "vitest";

import { ClientWorld, denied, reauthenticate } from "./client-world.ts";
import type { Reply } from "./client-world.ts";

const firstMs = new ClientWorld().nowMs;
const epochFlags = (value: unknown) =>
  JSON.stringify({
    flags: [
      { key: "cordon.directives", value: { directives: [] } },
      { key: "cordon.offline-epoch", value },
    ],
  });

test("it asks at start and answers with directives and offline epoch", async () => {
  const world = new ClientWorld();
  world.directives = [reauthenticate, { measure: "upgrade", rule: "u", required: false, available: false }];
  world.offlineEpoch = 2;
  const client = world.client();
  expect(client.answer).toBe(null);
  expect(await client.ask()).toEqual({ directives: world.directives, offlineEpoch: 2 });
  expect(client.answer?.directives).toEqual(world.directives);
});

test("one question at a time: who asks meanwhile gets the same answer", async () => {
  const world = new ClientWorld();
  const client = world.client();
  const answers = await Promise.all([client.ask(), client.ask(), client.ask()]);
  expect(new Set(answers).size).toBe(1);
  expect(world.questions).toHaveLength(1);
});

test.each([
  ["401", denied(), true],
  ["403 for a client that is refused", denied("urn:cordon:problem:client-refused", 403), true],
  ["403 for an upgrade", denied("urn:cordon:problem:upgrade-required", 403), true],
  ["503 without a policy", denied("urn:cordon:problem:no-policy", 503), false],
  ["a 401 of the service's own", denied("https://service.example/signed-out"), false],
  ["a 403 that is no problem document", new Response("{}", { status: 403 }), false],
  [
    "a 401 that is cut",
    new Response('{"ty', { status: 401, headers: { "content-type": "application/problem+json" } }),
    false,
  ],
  ["an answer", new Response("hello"), false],
])("after a denial it asks, and hands the response back unread: %s", async (_name, response, asks) => {
  const world = new ClientWorld();
  const text = await response.clone().text();
  const client = world.client({
    fetch: (input, init) =>
      input === "https://api.example/listen" ? Promise.resolve(response) : world.fetch(input, init),
  });
  const handed = await client.guardedFetch("https://api.example/listen");
  expect(handed).toBe(response);
  expect(await handed.text()).toBe(text);
  await world.pass(0);
  expect(world.questions).toHaveLength(asks ? 1 : 0);
});

test("a hundred denials in a second are two questions", async () => {
  const world = new ClientWorld();
  const client = world.client();
  for (let count = 0; count < 100; count += 1) {
    await client.guardedFetch("https://api.example/listen");
    await world.pass(10);
  }
  await world.pass(60_000);
  expect(world.questions.map(({ atMs }) => atMs - firstMs)).toEqual([0, 3_000]);
});

test("what has not changed is answered by 304, and it is the answer all the same, also after a restart", async () => {
  const world = new ClientWorld();
  world.directives = [reauthenticate];
  await world.client().ask();
  const restarted = world.client();
  expect(restarted.answer, "what was kept is not acted on").toBe(null);
  expect((await restarted.ask())?.directives).toEqual([reauthenticate]);
  expect(world.questions.map(({ status }) => status)).toEqual([200, 304]);
});

test("storage that throws, is full of something else or is emptied costs a longer answer and nothing else", async () => {
  for (const text of ["{", "[]", '{"etag":1}', '{"etag":"x","body":{"flags":[]}}']) {
    const world = new ClientWorld();
    world.stored.set("cordon.answer", text);
    expect((await world.client().ask())?.offlineEpoch).toBe(0);
    expect(world.questions[0]?.ifNoneMatch).toBe(null);
  }
  const world = new ClientWorld();
  const bar = () => {
    throw new DOMException("no", "SecurityError");
  };
  const client = world.client({ storage: { getItem: bar, setItem: bar } });
  expect((await client.ask())?.offlineEpoch).toBe(0);
});

test("a 304 is about the answer that the question named, whatever another page keeps meanwhile", async () => {
  const world = new ClientWorld();
  await world.client().ask();
  const client = world.client({
    fetch: async (input, init) => {
      const response = await world.fetch(input, init);
      world.stored.set("cordon.answer", `{"etag":"x","body":${epochFlags(9)}}`);
      return response;
    },
  });
  expect((await client.ask())?.offlineEpoch).toBe(0);
});

test("after a failure it asks again by itself, after 3 to 60 s, five times at most", async () => {
  for (const random of [0, 0.5, 0.999]) {
    const world = new ClientWorld();
    world.random = random;
    world.reply = "cut";
    const client = world.client();
    await client.ask();
    await world.pass(3_600_000);
    expect(client.broken).toBe(true);
    const times = world.questions.map(({ atMs }) => atMs);
    expect(times).toHaveLength(5);
    const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    for (const wait of waits) {
      expect(wait).toBeGreaterThanOrEqual(3_000);
      expect(wait).toBeLessThanOrEqual(60_000);
    }
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));

    world.reply = "answer";
    expect(await client.ask(), "a new cause makes it ask again").not.toBe(null);
    expect(client.broken).toBe(false);
  }
});

test.each<[string, Reply]>([
  ["429", { status: 429 }],
  ["500", { status: 500 }],
  ["401, which OFREP never gives", { status: 401 }],
  ["404", { status: 404 }],
  ["304 that nobody asked for", { status: 304 }],
  ["no JSON", "broken"],
  ["no flags", { status: 200, body: "{}" }],
  ["an epoch that is no number", { status: 200, body: epochFlags("3") }],
  ["no answer in time", "hangs"],
])("is a failure, and the last answer stays: %s", async (_name, reply) => {
  const world = new ClientWorld();
  world.directives = [reauthenticate];
  const client = world.client();
  await client.ask();
  await world.pass(3_000);
  world.stored.clear();
  world.reply = reply;
  const asked = client.ask();
  await world.pass(10_000);
  expect((await asked)?.directives).toEqual([reauthenticate]);
  world.reply = "answer";
  world.directives = [];
  await world.pass(60_000);
  expect(client.answer?.directives).toEqual([]);
});

test.each([
  ["20", 20_000],
  [new Date(firstMs + 30_000).toUTCString(), 30_000],
  ["999999999", 3_600_000],
  ["1", 3_000],
  ["soon", 3_000],
])("Retry-After is honoured: %s", async (retryAfter, leastMs) => {
  const world = new ClientWorld();
  world.random = 0;
  world.reply = { status: 429, headers: { "retry-after": retryAfter } };
  const client = world.client();
  await client.ask();
  await world.pass(leastMs - 1);
  expect(world.questions).toHaveLength(1);
  await client.ask();
  expect(world.questions, "a new cause does not come before it either").toHaveLength(1);
  await world.pass(1);
  expect(world.questions).toHaveLength(2);
});

test("somebody who comes back to the page after a while makes it ask, not one who looks away for a moment", async () => {
  const world = new ClientWorld();
  await world.client().ask();
  await world.pass(299_999);
  world.comeBack();
  await world.pass(0);
  expect(world.questions).toHaveLength(1);
  await world.pass(1);
  world.comeBack();
  world.comeBack();
  await world.pass(0);
  expect(world.questions).toHaveLength(2);
});

test("the offline epoch is told when it rises over the copies', each once, and again at the next start", async () => {
  const world = new ClientWorld();
  world.context = { offlineEpoch: 3 };
  const told: number[] = [];
  const client = world.client();
  client.onOfflineEpoch((epoch) => told.push(epoch));
  for (const epoch of [3, 2, 4, 4, 1, 4, 6]) {
    world.offlineEpoch = epoch;
    await world.pass(3_000);
    await client.ask();
    await world.pass(0);
  }
  expect(told).toEqual([4, 6]);
  const next = world.client();
  next.onOfflineEpoch((epoch) => told.push(epoch));
  await next.ask();
  await world.pass(0);
  expect(told).toEqual([4, 6, 6]);
});

test("an answer is told when it differs from the one before; who has left hears nothing", async () => {
  const world = new ClientWorld();
  const client = world.client();
  let told = 0;
  const leave = client.onAnswer(() => (told += 1));
  const askAgain = async () => {
    await world.pass(3_000);
    await client.ask();
    await world.pass(0);
  };
  await askAgain();
  await askAgain();
  expect(told).toBe(1);
  world.directives = [reauthenticate];
  await askAgain();
  expect(told).toBe(2);
  leave();
  world.directives = [];
  await askAgain();
  expect(told).toBe(2);
});

test("the sign-in page is not opened in a loop: at once, then after waits, then not for an hour", async () => {
  const world = new ClientWorld();
  world.directives = [reauthenticate];
  let opened = 0;
  const openedAtMs: number[] = [];
  // Each sign-in reloads the page, and the identity provider gives the old sign-in back without a word.
  for (let second = 0; second < 3_600; second += 1) {
    const client = world.client();
    await client.ask();
    if (client.signIn(() => (opened += 1))) openedAtMs.push(world.nowMs - firstMs);
    client.close();
    world.nowMs += 1_000;
  }
  expect(opened).toBe(5);
  expect(openedAtMs[0]).toBe(0);
  const waits = openedAtMs.slice(1).map((at, index) => at - (openedAtMs[index] ?? 0));
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(3_000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(60_000);

  world.directives = [];
  await world.client().ask();
  world.directives = [reauthenticate];
  const later = world.client();
  await later.ask();
  expect(
    later.signIn(() => undefined),
    "a sign-in that helped begins anew",
  ).toBe(true);
});

test("the sign-in page is not opened when nobody asks for it", async () => {
  const world = new ClientWorld();
  world.directives = [{ measure: "upgrade", rule: "u", required: true }];
  const client = world.client();
  expect(client.signIn(() => undefined)).toBe(false);
  await client.ask();
  expect(client.signIn(() => undefined)).toBe(false);
});

test("a client that is closed asks no more", async () => {
  const world = new ClientWorld();
  world.reply = "hangs";
  const client = world.client();
  const asked = client.ask();
  client.close();
  expect(await asked).toBe(null);
  await world.pass(3_600_000);
  world.comeBack();
  await client.ask();
  expect(world.questions).toHaveLength(1);
});

test("whatever the service does: one question at a time, never two answers in 3 s, at most 5 failures by itself", async () => {
  const replies = fc.constantFrom<Reply>(
    "answer",
    "broken",
    "cut",
    "hangs",
    { status: 503 },
    { status: 401 },
  );
  const steps = fc.array(
    fc.record({
      does: fc.constantFrom("ask", "deny", "comeBack", "nothing"),
      reply: replies,
      passMs: fc.nat(100_000),
      random: fc.double({ min: 0, max: 0.999, noNaN: true }),
    }),
    { maxLength: 25 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const world = new ClientWorld();
      const client = world.client();
      let causes = 0;
      for (const { does, reply, passMs, random } of taken) {
        world.reply = reply;
        world.random = random;
        if (does !== "nothing") causes += 1;
        if (does === "ask") void client.ask();
        if (does === "deny") await client.guardedFetch("https://api.example/x");
        if (does === "comeBack") world.comeBack();
        await world.pass(passMs);
      }
      client.close();
      await world.pass(0);
      expect(world.mostUnderWay).toBeLessThanOrEqual(1);
      for (const [index, { atMs }] of world.questions.slice(1).entries()) {
        expect(atMs - (world.questions[index]?.atMs ?? 0)).toBeGreaterThanOrEqual(2_999);
      }
      expect(world.questions.length).toBeLessThanOrEqual(5 * causes + causes);
    }),
    { numRuns: 100 },
  );
});
