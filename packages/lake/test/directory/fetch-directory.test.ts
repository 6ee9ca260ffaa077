import { readFile, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fetchDirectory } from "@cordon/lake";
import { temporaryFolder } from "./temporary-folder.ts";

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server has no port");
  return `http://127.0.0.1:${address.port}`;
}

const accounts = '{"account_id":"u-1"}\n';

test("downloads with the token, the accounts last; a path is passed on", async () => {
  const asked: string[] = [];
  const url = await serve((request, response) => {
    asked.push(`${request.url ?? ""} ${request.headers.authorization ?? "without token"}`);
    response.end(accounts);
  });
  const intoFolder = join(await temporaryFolder(), "new", "folder");
  const source = {
    accounts: `${url}/accounts`,
    installations: `${url}/installations`,
    token: "secret",
    intoFolder,
  };
  expect(await fetchDirectory(source)).toEqual({
    accountsFile: join(intoFolder, "accounts.jsonl"),
    installationsFile: join(intoFolder, "installations.jsonl"),
  });
  expect(await readFile(join(intoFolder, "accounts.jsonl"), "utf8")).toBe(accounts);
  expect(asked).toEqual(["/installations Bearer secret", "/accounts Bearer secret"]);

  const paths = { accounts: "/some/accounts.csv", installations: null, token: "secret", intoFolder: "/none" };
  expect(await fetchDirectory(paths)).toEqual({
    accountsFile: "/some/accounts.csv",
    installationsFile: null,
  });
  expect(asked).toHaveLength(2);
});

const failures: readonly (readonly [string, RequestListener, string])[] = [
  ["another status", (_, response) => response.writeHead(401).end(), "it answered 401, expected 200"],
  [
    "a redirect",
    (_, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
    "redirect",
  ],
  [
    "too large",
    (_, response) => response.end("x".repeat(2000)),
    "it is too large, expected at most 1000 bytes",
  ],
  ["too slow", (_, response) => response.write("{"), "timeout"],
  [
    "cut",
    (_, response) => {
      response.writeHead(200, { "content-length": "500" });
      response.write(accounts, () => response.destroy());
    },
    "",
  ],
];

test.each(failures)("an answer that is no directory is refused: %s", async (_, listener, reason) => {
  const url = await serve(listener);
  const intoFolder = await temporaryFolder();
  const source = { accounts: `${url}/accounts?key=secret`, installations: null, token: null, intoFolder };
  // Short only where it must run out.
  const timeoutMs = reason === "timeout" ? 300 : 30_000;
  const fetching = fetchDirectory({ ...source, bytesMax: 1000, timeoutMs });
  await expect(fetching).rejects.toMatchObject({ code: "ERR_LAKE_FETCH" });
  const message = await fetching.catch((error: unknown) => String(error));
  expect(message).toContain(`cannot fetch \`${url}/accounts\`: `);
  expect(message).toContain(reason);
  expect(message).not.toContain("secret");
  expect(await readdir(intoFolder)).toEqual([]);
});

test("no server", async () => {
  const intoFolder = await temporaryFolder();
  const source = { accounts: "http://127.0.0.1:1/", installations: null, token: null, intoFolder };
  await expect(fetchDirectory(source)).rejects.toMatchObject({ code: "ERR_LAKE_FETCH" });
});
