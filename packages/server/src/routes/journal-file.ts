import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { problem } from "@cordon/contract";
import type { Plane } from "@cordon/control-plane";
import type { FastifyInstance } from "fastify";
import { sendProblem } from "../send-problem.ts";

/** The files of a tlog (C2SP tlog-tiles) and of its kept checkpoints; nothing else under HOME/journal is served. */
const journalPath =
  /^(checkpoint|key|checkpoints\/(index|\d{1,16})|tile\/(entries|\d{1,2})\/(x\d{3}\/){0,5}\d{3}(\.p\/\d{1,3})?)$/;

export function registerJournalFile(app: FastifyInstance, plane: Plane): void {
  // No file of the log: the newest checkpoint that a witness has cosigned, with the cosignatures.
  app.get("/journal/witnessed", async (_request, reply) => {
    const note = await plane.journal.cosignatures.newest();
    if (note === null) return sendProblem(reply, problem("not-found"));
    reply.header("cache-control", "no-cache").type("text/plain; charset=utf-8");
    return reply.send(Buffer.from(note));
  });
  app.get("/journal/*", async (request, reply) => {
    const { "*": path } = request.params as { "*": string };
    if (!journalPath.test(path)) return sendProblem(reply, problem("not-found"));
    const file = await openIfThere(join(plane.journal.folder, path));
    if (file === null) return sendProblem(reply, problem("not-found"));
    const isTile = path.startsWith("tile/");
    const unchanging = isTile && !path.includes(".p/");
    reply.header("cache-control", unchanging ? "public, max-age=31536000, immutable" : "no-cache");
    reply.type(isTile ? "application/octet-stream" : "text/plain; charset=utf-8");
    return reply.send(file.createReadStream());
  });
}

async function openIfThere(file: string): Promise<FileHandle | null> {
  try {
    const handle = await open(file, "r");
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
    return null;
  } catch (error) {
    if (
      error instanceof Error &&
      "code" in error &&
      ["ENOENT", "ENOTDIR", "EISDIR"].includes(String(error.code))
    )
      return null;
    throw error;
  }
}
