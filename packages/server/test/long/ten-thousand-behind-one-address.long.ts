import { join } from "node:path";
import type { Answer, Incident, Notice } from "@cordon/contract";
import { expect, test } from "vitest";
import { hostile, writeHostileDirectory } from "../support/hostile-directory.ts";
import { dataMap, question } from "../support/incident-material.ts";
import { good, TestServer, until } from "../support/test-server.ts";

const behindOneAddress = 10_000;

test("ten thousand people behind one address get ten thousand messages, each with an id of its own", async () => {
  const server = await TestServer.start(1);
  try {
    await server.close();
    const accounts = join(server.home, "..", "hostile.jsonl");
    await writeHostileDirectory(accounts, behindOneAddress);
    await server.open({ directory: { accounts, installations: null, token: null } });
    const { id } = good<Incident>(await server.post("author", "/v1/incidents", { title: "internal" }));
    const at = `/v1/incidents/${id}`;
    const { answerDigest, assumptions } = good<Answer>(
      await server.post("author", `${at}/answers`, { map: dataMap, question, evidence: "first" }),
    );
    for (const assumption of assumptions)
      good(await server.post("author", `${at}/assumptions`, { answerDigest, assumption }));
    good(await server.post("author", `${at}/claims`, { answerDigest }));
    const drafted = good<Notice>(
      await server.post("author", `${at}/notices`, {
        service: "Overture",
        signature: { name: "Ada Lovelace", role: "CTO" },
        contact: { email: "help@overture.example" },
      }),
    );
    good(await server.post("approver", `${at}/notices/${drafted.id}/approvals`));
    const sent = await until(
      async () => good<Notice>(await server.get("author", `${at}/notices/${drafted.id}`)),
      ({ state }) => state === "sent",
    );
    expect(sent.total.planned).toBe(Object.keys(hostile).length + behindOneAddress);
    const ids = server.sink.mails
      .filter(({ to }) => to === "family@example.net")
      .map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw)?.[1]);
    expect(ids).toHaveLength(behindOneAddress);
    expect(new Set(ids).size).toBe(behindOneAddress);
  } finally {
    await server.end();
  }
}, 300_000);
