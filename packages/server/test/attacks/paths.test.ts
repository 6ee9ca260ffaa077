import { readdir, readFile } from "node:fs/promises";
import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { join } from "node:path";
import type { Attachment, Incident } from "@cordon/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { good, TestServer } from "../support/test-server.ts";

let server: TestServer;
let at: string;
let authorization: string;
beforeAll(async () => {
  server = await TestServer.start(1);
  at = `/v1/incidents/${good<Incident>(await server.post("author", "/v1/incidents", { title: "t" })).id}`;
  authorization = `Bearer ${await server.token("author")}`;
});
afterAll(() => server.end());

/** As it stands: `fetch` would tidy the path up first. */
async function rawGet(path: string): Promise<{ status: number; text: string }> {
  const sent = request(`${server.url}/`, { path, headers: { authorization } });
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode ?? 0, text };
}

async function attach(name: string): Promise<Response> {
  return fetch(`${server.url}${at}/attachments`, {
    method: "POST",
    headers: { authorization, "content-type": "application/octet-stream", "attachment-name": name },
    body: "what was attached",
  });
}

async function everyFile(): Promise<string[]> {
  const found = await readdir(join(server.home, ".."), { recursive: true });
  return found.filter((name) => !/journal\/|checkpoints|postgres/.test(name)).sort();
}

const escapes = [
  "../keys/bundle.private.pem",
  "../../keys/enforcement.token",
  "..%2f..%2fkeys%2fenforcement.token",
  "%2e%2e%2f%2e%2e%2foperators%2fapprover.token",
  "..%5c..%5ckeys%5cenforcement.token",
  "....//....//keys/enforcement.token",
  "%252e%252e%252fkeys%252fenforcement.token",
  "/etc/passwd",
  "%2fetc%2fpasswd",
  "..%00",
  "att-0%00.txt",
];

test("a name that leads out of the folder is only a name: nothing is written elsewhere, nothing else is read", async () => {
  const secrets = await Promise.all(
    ["keys/bundle.private.pem", "keys/enforcement.token", "operators/approver.token"].map((file) =>
      readFile(join(server.home, file), "utf8"),
    ),
  );
  const before = await everyFile();
  const attached: Attachment[] = [];
  for (const name of escapes.map((escape) => encodeURIComponent(decodeOrKeep(escape)))) {
    const response = await attach(name);
    const text = await response.text();
    expect([201, 400, 422], `${name}: ${text}`).toContain(response.status);
    if (response.status === 201) attached.push(JSON.parse(text) as Attachment);
  }
  for (const { id } of attached) {
    const read = await rawGet(`${at}/attachments/${id}`);
    expect(read).toEqual({ status: 200, text: "what was attached" });
  }
  const after = (await everyFile()).filter((file) => !before.includes(file));
  // What is new has names that the server gave, in the one folder for it.
  for (const file of after) expect(file).toMatch(/^home\/(attachments|evidence|lake|bundles)(\/|$)/);
  expect(after.some((file) => /passwd|enforcement\.token\b.*attach|\.\./.test(file))).toBe(false);
  expect(
    await Promise.all(
      ["keys/bundle.private.pem", "keys/enforcement.token", "operators/approver.token"].map((file) =>
        readFile(join(server.home, file), "utf8"),
      ),
    ),
  ).toEqual(secrets);
});

test("an id that leads out of the folder finds nothing", async () => {
  const secret = (await server.token("approver")).slice(0, 20);
  for (const escape of escapes) {
    for (const path of [
      `${at}/attachments/${escape}`,
      `/v1/incidents/${escape}`,
      `/journal/${escape}`,
      `/assets/${escape}`,
      `/bundles/trust/${escape}`,
    ]) {
      const { status, text } = await rawGet(path);
      expect([400, 403, 404], path).toContain(status);
      expect(text).not.toContain(secret);
      expect(text).not.toMatch(/root:|PRIVATE KEY/);
    }
  }
});

function decodeOrKeep(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
