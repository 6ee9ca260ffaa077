import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { problem } from "@cordon/contract";
import type { FastifyInstance } from "fastify";
import { sendProblem } from "../send-problem.ts";

const folder = join(import.meta.dirname, "../../assets");

/** The browser's half of the passkey library, as its package has it for script elements. */
function webauthnFile(): string {
  const entry = createRequire(import.meta.url).resolve("@simplewebauthn/browser");
  return join(dirname(entry), "../dist/bundle/index.umd.min.js");
}

const script = "text/javascript; charset=utf-8";

const files: { readonly [name: string]: readonly [file: string, type: string] } = {
  "cordon.css": [join(folder, "cordon.css"), "text/css; charset=utf-8"],
  "status.js": [join(folder, "status.js"), script],
  "passkey.js": [join(folder, "passkey.js"), script],
  "webauthn.js": [webauthnFile(), script],
};

/** What the pages need besides themselves: these files and no others. */
export function registerAssets(app: FastifyInstance): void {
  app.get("/assets/:name", async (request, reply) => {
    const { name } = request.params as { readonly name: string };
    const found = Object.hasOwn(files, name) ? files[name] : undefined;
    if (found === undefined) return sendProblem(reply, problem("not-found"));
    const [file, type] = found;
    return reply
      .header("cache-control", "no-cache")
      .type(type)
      .send(await readFile(file));
  });
}
