import { join } from "node:path";
import type { Answer, Deliveries, Incident, Notice, NotSentList } from "@cordon/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostile, writeHostileDirectory } from "./support/hostile-directory.ts";
import { dataMap, question } from "./support/incident-material.ts";
import { good, problemIn, TestServer, until } from "./support/test-server.ts";

const behindOneAddress = 500;

let server: TestServer;
let at: string;
beforeAll(async () => {
  server = await TestServer.start(1);
  await server.close();
  const accounts = join(server.home, "..", "hostile.jsonl");
  await writeHostileDirectory(accounts, behindOneAddress);
  await server.open({ directory: { accounts, installations: null, token: null } });
  const { id } = good<Incident>(await server.post("author", "/v1/incidents", { title: "internal systems" }));
  at = `/v1/incidents/${id}`;
  const { answerDigest, assumptions } = good<Answer>(
    await server.post("author", `${at}/answers`, { map: dataMap, question, evidence: "first" }),
  );
  for (const assumption of assumptions)
    good(await server.post("author", `${at}/assumptions`, { answerDigest, assumption }));
  good(await server.post("author", `${at}/claims`, { answerDigest }));
});
afterAll(() => server.end());

const words = {
  service: "{reference} <b>${service}</b> {{people, plural, other{#}}}",
  signature: { name: "Ada O'Brien {name}", role: "CTO & <i>founder</i>" },
  contact: { email: "help@overture.example" },
};

test("words with control characters, that would start a new header, are refused before anything is drafted", async () => {
  for (const service of ["Overture\r\nBcc: everybody@example.net", "Overture\u0000", "Overture\u2028x"]) {
    const refused = await server.post("author", `${at}/notices`, { ...words, service });
    expect(refused.status, JSON.stringify(service)).toBeGreaterThanOrEqual(400);
    expect(refused.status).toBeLessThan(500);
  }
  const role = "CTO\r\nBcc: everybody@example.net";
  const signature = { name: "Ada", role };
  expect(problemIn(await server.post("author", `${at}/notices`, { ...words, signature })).status).toBe(400);
  expect(good<Incident>(await server.get("author", at)).notices).toEqual([]);
});

test("header and template injection, homographs, oversized addresses, hundreds behind one address, no address and no language: each handled, each counted", async () => {
  const drafted = good<Notice>(await server.post("author", `${at}/notices`, words));
  expect(drafted.audiences).toMatchObject({ withoutAddress: 1, localeUnknown: 1 });
  expect(drafted.audiences?.languages).toContainEqual({ locale: "de", people: 1 });
  good(await server.post("approver", `${at}/notices/${drafted.id}/approvals`));
  const sent = await until(
    async () => good<Notice>(await server.get("author", `${at}/notices/${drafted.id}`)),
    ({ state }) => state === "sent",
  );
  const people = Object.keys(hostile).length + behindOneAddress;
  const taken = 3 + behindOneAddress;
  expect(sent.total).toMatchObject({ planned: people, delivered: taken, failed: people - taken, unknown: 0 });

  const to = server.sink.mails.map((mail) => mail.to);
  expect(new Set(to)).toEqual(
    new Set(["u-1@example.net", "no-language@example.net", "german@example.net", "family@example.net"]),
  );
  // One message a person, not one an address, each with its own id.
  const family = server.sink.mails.filter((mail) => mail.to === "family@example.net");
  expect(family).toHaveLength(behindOneAddress);
  expect(new Set(family.map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw)?.[1])).size).toBe(behindOneAddress);

  for (const { raw } of server.sink.mails) {
    const [head = ""] = raw.split("\r\n\r\n");
    expect(head).not.toMatch(/^(Bcc|Cc):/im);
    expect(head.match(/^To:/gim)).toHaveLength(1);
  }
  // What stands in a fact is told as it stands: no pattern, no markup.
  const mail = server.sink.mails.find((one) => one.to === "no-language@example.net")?.raw ?? "";
  const decoded = mail
    .replaceAll(/=\r\n/g, "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  expect(decoded).toContain("{reference} <b>${service}</b> {{people, plural, other{#}}}");
  const [, html = ""] = decoded.split(/Content-Type: text\/html[^\r]*/i);
  expect(html).toContain("&lt;b&gt;${service}&lt;/b&gt;");
  expect(html).not.toContain("<b>${service}");
  expect(html).not.toContain("<i>founder");
  expect(decoded).toMatch(/You do not need to|do not need/i);

  // Exactly who was not written to, by account.
  const { entries } = good<NotSentList>(await server.get("author", `${at}/notices/${drafted.id}/not-sent`));
  const reached = ["u-1", "no-language", "german"];
  expect(entries.map(({ account }) => account).toSorted()).toEqual(
    Object.keys(hostile)
      .filter((id) => !reached.includes(id))
      .toSorted(),
  );
  const { deliveries } = good<Deliveries>(
    await server.get("author", `${at}/notices/${drafted.id}/deliveries`),
  );
  expect(deliveries).toMatchObject([{ total: { failed: people - taken } }]);
});
