import type { EnforcementPoint } from "@cordon/enforcement";
import { formatInstant } from "@cordon/model";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import type { Installation, Installations } from "../accounts/installations.ts";
import type { EnrolKey, Licence, LicencesAnswer, OfflineAnswer, Wiped } from "../api/offline-api.ts";
import type { Library } from "../library/library.ts";
import type { LibraryTrack } from "../library/library-items.ts";
import type { Playlists } from "../listening/playlists.ts";
import { contentKey, installationKey, wrapKey } from "../offline-copies/content-key.ts";
import type { OfflineStore } from "../offline-copies/offline-store.ts";
import type { Session } from "../session.ts";
import { answerProblem } from "./answer-problem.ts";
import { sessionOr401 } from "./authenticate.ts";
import { idSchema } from "./page-query.ts";

export interface OfflineOptions {
  readonly point: EnforcementPoint;
  readonly installations: Installations;
  readonly library: Library;
  readonly playlists: Playlists;
  readonly store: OfflineStore;
  /** What content keys are made of. */
  readonly master: string;
  readonly licenceMs: number;
  readonly nowMs: () => number;
}

/** Copies issued before any policy asked for another epoch. */
const firstEpoch = 1;
const licencesMax = 100;

/** The epoch that copies of this session's installation must have now. */
// #region integrate: offline
export function epochAsked(point: EnforcementPoint, session: Session): number {
  return Math.max(firstEpoch, point.offlineEpoch(session.guarded.request));
}
// #endregion

/** Whoever has an installation of their own; null after an answer. */
export function installationOr404(
  request: FastifyRequest,
  reply: FastifyReply,
): { readonly session: Session; readonly installation: Installation } | null {
  const session = sessionOr401(request, reply);
  if (session === null) return null;
  const { installation } = session;
  if (installation !== null) return { session, installation };
  answerProblem(reply, "notFound", { title: "This installation is not known" });
  return null;
}

/** GET /api/offline, PUT /api/offline/key, PUT and DELETE /api/offline/playlists/:id, POST /api/offline/wiped. Guarded. */
export function registerOffline(app: FastifyInstance, options: OfflineOptions): void {
  const { point, installations, playlists, store, nowMs } = options;

  app.get("/api/offline", (request, reply) => {
    const who = installationOr404(request, reply);
    if (who === null) return reply;
    const { session, installation } = who;
    return reply.header("cache-control", "no-store").send({
      epoch: epochAsked(point, session),
      enrolled: store.spki(installation.id) !== null,
      playlistIds: store.playlistIds(installation.id),
      now: formatInstant(nowMs()),
    } satisfies OfflineAnswer);
  });

  app.put<{ Body: EnrolKey }>(
    "/api/offline/key",
    {
      schema: {
        body: {
          type: "object",
          required: ["spki"],
          properties: { spki: { type: "string", maxLength: 2048 } },
        },
      },
    },
    (request, reply) => {
      const who = installationOr404(request, reply);
      if (who === null) return reply;
      const spki = Buffer.from(request.body.spki, "base64");
      if (installationKey(spki) === null)
        return answerProblem(reply, "wrongInput", {
          title: "`spki` must be an RSA key of 2048 to 4096 bits",
        });
      store.enrol(who.installation.id, spki, nowMs());
      return reply.code(204).send();
    },
  );

  app.put<{ Params: { id: string } }>("/api/offline/playlists/:id", (request, reply) => {
    const who = installationOr404(request, reply);
    if (who === null) return reply;
    const playlist = playlists.find(who.session.accountId, request.params.id);
    if (playlist === null) return answerProblem(reply, "notFound");
    return store.keep(who.installation.id, playlist.id)
      ? reply.code(204).send()
      : answerProblem(reply, "tooMany");
  });

  app.delete<{ Params: { id: string } }>("/api/offline/playlists/:id", (request, reply) => {
    const who = installationOr404(request, reply);
    if (who === null) return reply;
    store.drop(who.installation.id, request.params.id);
    return reply.code(204).send();
  });

  app.post<{ Body: Wiped }>(
    "/api/offline/wiped",
    {
      schema: {
        body: { type: "object", required: ["epoch"], properties: { epoch: { type: "integer", minimum: 0 } } },
      },
    },
    (request, reply) => {
      const who = installationOr404(request, reply);
      if (who === null) return reply;
      installations.wiped(who.installation.id, request.body.epoch);
      return reply.code(204).send();
    },
  );
}

/** GET /api/offline/licences: keys for tracks, of the epoch that stands now and of no other. Guarded. */
export function registerLicences(app: FastifyInstance, options: OfflineOptions): void {
  const { point, installations, library, store, master, licenceMs, nowMs } = options;

  app.get<{ Querystring: { track: string[] } }>(
    "/api/offline/licences",
    {
      schema: {
        querystring: {
          type: "object",
          properties: { track: { type: "array", items: idSchema, maxItems: licencesMax, default: [] } },
        },
      },
    },
    (request, reply) => {
      const who = installationOr404(request, reply);
      if (who === null) return reply;
      const { session, installation } = who;
      const spki = store.spki(installation.id);
      const key = spki === null ? null : installationKey(spki);
      if (key === null) return answerProblem(reply, "notEnrolled");
      const epoch = epochAsked(point, session);
      if (installation.hasOffline && installation.offlineEpoch < epoch)
        return answerProblem(reply, "wipeFirst");
      const now = nowMs();
      const licenceOf = (track: LibraryTrack): Licence => {
        const content = contentKey(master, { installationId: installation.id, trackId: track.id, epoch });
        return {
          trackId: track.id,
          epoch,
          issuedAt: formatInstant(now),
          expiresAt: formatInstant(now + licenceMs),
          wrappedKey: wrapKey(content, key),
          plainBytes: track.sizeBytes,
          contentType: track.contentType,
          contentUrl: `/api/offline/content/${track.id}?epoch=${epoch}`,
        };
      };
      const tracks = library
        .tracksById(request.query.track)
        .filter(({ id }) => store.holds(session.accountId, installation.id, id));
      const licences = tracks.map(licenceOf);
      if (licences.length > 0) installations.tookOffline(installation.id, epoch, now);
      return reply
        .header("cache-control", "no-store")
        .send({ now: formatInstant(now), licences } satisfies LicencesAnswer);
    },
  );
}
