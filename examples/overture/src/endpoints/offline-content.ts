import { join } from "node:path";
import { Readable } from "node:stream";

import type { FastifyInstance } from "fastify";

import { chunkCount, sealedBytes, sealedOffset } from "../api/offline-format.ts";
import type { AdmissionQueue } from "../offline-copies/admission-queue.ts";
import { contentKey } from "../offline-copies/content-key.ts";
import { sealContent } from "../offline-copies/seal-content.ts";
import type { OpenStreams } from "../streaming/open-streams.ts";
import { answerProblem } from "./answer-problem.ts";
import { epochAsked, installationOr404 } from "./offline.ts";
import type { OfflineOptions } from "./offline.ts";

interface OfflineContentOptions extends OfflineOptions {
  readonly queue: AdmissionQueue;
  readonly streams: OpenStreams;
}

interface ContentQuery {
  readonly epoch: number;
  readonly ticket: string;
  readonly from: number;
}

const schema = {
  querystring: {
    type: "object",
    required: ["epoch", "ticket"],
    properties: {
      epoch: { type: "integer", minimum: 1 },
      ticket: { type: "string", maxLength: 64 },
      from: { type: "integer", minimum: 0, maximum: 0xffff_ffff, default: 0 },
    },
  },
} as const;

/** GET /api/offline/content/:trackId: the audio sealed for this installation, for whoever it is the turn of. Guarded. */
export function registerOfflineContent(app: FastifyInstance, options: OfflineContentOptions): void {
  const { point, library, store, master, queue, streams, nowMs } = options;
  app.get<{ Params: { trackId: string }; Querystring: ContentQuery }>(
    "/api/offline/content/:trackId",
    { schema },
    (request, reply) => {
      const who = installationOr404(request, reply);
      if (who === null) return reply;
      const { session, installation } = who;
      const { epoch, ticket, from } = request.query;
      if (epoch !== epochAsked(point, session)) return answerProblem(reply, "epochOutdated");
      if (installation.hasOffline && installation.offlineEpoch < epoch)
        return answerProblem(reply, "wipeFirst");
      if (store.spki(installation.id) === null) return answerProblem(reply, "notEnrolled");
      const track = library.file(request.params.trackId);
      if (track === null || !store.holds(session.accountId, installation.id, track.id))
        return answerProblem(reply, "notFound");
      if (from >= chunkCount(track.sizeBytes)) return answerProblem(reply, "wrongInput");
      if (!queue.admits(installation.id, ticket, nowMs()))
        return answerProblem(reply, "notAdmitted", { retryAfterSeconds: 5 });
      const end = streams.begin(session.accountId);
      if (end === null) return answerProblem(reply, "tooMany", { retryAfterSeconds: 10 });
      reply.raw.once("close", end);
      const { id: trackId, sizeBytes: plainBytes } = track;
      const key = contentKey(master, { installationId: installation.id, trackId, epoch });
      const file = join(track.folder, track.path);
      return reply
        .type("application/octet-stream")
        .header("cache-control", "no-store")
        .header("content-length", sealedBytes(plainBytes) - sealedOffset(from))
        .send(Readable.from(sealContent({ file, key, trackId, epoch, plainBytes, from })));
    },
  );
}
