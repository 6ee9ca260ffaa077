import { open, type FileHandle } from "node:fs/promises";
import { extname, join } from "node:path";
import { problem } from "@cordon/contract";
import type { Plane } from "@cordon/control-plane";
import type { FastifyInstance } from "fastify";
import { sendProblem } from "../send-problem.ts";

/** `<incident>/`, then at most one folder (a language, `csaf`, `in-app`) and a file; nothing else under HOME/advisory is served. */
const advisoryPath =
  /^inc-[0-9a-f]{16}\/(?:[A-Za-z][A-Za-z0-9-]{0,34}\/)?[A-Za-z0-9_+-]{1,128}(?:\.[a-z0-9]{1,8}){1,2}$/;

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".atom": "application/atom+xml; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".sha256": "text/plain; charset=utf-8",
};

/** The public advisory: for everybody, without a token, and without a script. */
export function registerAdvisoryFile(app: FastifyInstance, plane: Pick<Plane, "home">): void {
  app.get("/advisory/*", async (request, reply) => {
    const { "*": asked } = request.params as { "*": string };
    const path = asked.endsWith("/") ? `${asked}index.html` : asked;
    const type = types[extname(path)];
    if (!advisoryPath.test(path) || type === undefined) return sendProblem(reply, problem("not-found"));
    const file = await openIfThere(join(plane.home, "advisory", path));
    if (file === null) return sendProblem(reply, problem("not-found"));
    return reply
      .headers({
        "content-security-policy":
          "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "cache-control": "public, max-age=60",
        // Feeds and facts are for whoever wants to show them.
        "cross-origin-resource-policy": "cross-origin",
        "access-control-allow-origin": "*",
      })
      .type(type)
      .send(file.createReadStream());
  });
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    const handle = await open(path, "r");
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
    return null;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes(code)) return null;
    throw error;
  }
}
