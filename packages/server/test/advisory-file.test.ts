import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { registerAdvisoryFile } from "../src/routes/advisory-file.ts";

let home: string;
let app: FastifyInstance;
const incident = "inc-0123456789abcdef";

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "cordon-advisory-"));
  await mkdir(join(home, "advisory", incident, "pt-BR"), { recursive: true });
  await writeFile(join(home, "advisory", incident, "index.html"), "<!doctype html>");
  await writeFile(join(home, "advisory", incident, "pt-BR", "feed.atom"), "<feed/>");
  await writeFile(join(home, "secret.txt"), "secret");
  app = fastify();
  registerAdvisoryFile(app, { home });
});
afterAll(async () => {
  await app.close();
  await rm(home, { recursive: true, force: true });
});

test("the public page is given to everybody, with a policy that allows no script", async () => {
  const page = await app.inject(`/advisory/${incident}/`);
  expect(page.statusCode).toBe(200);
  expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
  expect(page.headers["content-security-policy"]).not.toContain("script");
  const feed = await app.inject(`/advisory/${incident}/pt-BR/feed.atom`);
  expect([feed.statusCode, feed.headers["content-type"]]).toEqual([
    200,
    "application/atom+xml; charset=utf-8",
  ]);
});

test.each([
  "/advisory/../secret.txt",
  "/advisory/%2e%2e/secret.txt",
  `/advisory/${incident}/%2e%2e/%2e%2e/secret.txt`,
  `/advisory/${incident}/..%2f..%2fsecret.txt`,
  `/advisory/${incident}.draft/index.html`,
  `/advisory/${incident}/nothing.html`,
  `/advisory/${incident}`,
  "/advisory/",
])("`%s` is not found", async (url) => {
  expect((await app.inject(url)).statusCode).toBe(404);
});
