import { formatInstant } from "@cordon/model";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import type { Ticket } from "../api/offline-api.ts";
import type { AdmissionQueue } from "../offline-copies/admission-queue.ts";
import { answerProblem } from "./answer-problem.ts";
import { installationOr404 } from "./offline.ts";

interface DownloadTicketsOptions {
  readonly queue: AdmissionQueue;
  readonly nowMs: () => number;
}

/** POST /api/offline/tickets, GET and DELETE /api/offline/tickets/:id: one's place among those who download. Guarded. */
export function registerDownloadTickets(
  app: FastifyInstance,
  { queue, nowMs }: DownloadTicketsOptions,
): void {
  const answer = (request: FastifyRequest, reply: FastifyReply, id: string | null) => {
    const who = installationOr404(request, reply);
    if (who === null) return reply;
    const admission = queue.ask(who.installation.id, nowMs());
    // A ticket that was lost for want of asking is not found; asking for one again begins at the end of the queue.
    if (id !== null && admission.id !== id) return answerProblem(reply, "notFound");
    void reply.header("cache-control", "no-store");
    if (admission.state === "waiting")
      return reply
        .code(202)
        .header("retry-after", String(admission.retryAfterSeconds))
        .send(admission satisfies Ticket);
    const until = formatInstant(admission.untilMs);
    return reply.send({ state: "admitted", id: admission.id, until } satisfies Ticket);
  };

  app.post("/api/offline/tickets", (request, reply) => answer(request, reply, null));
  app.get<{ Params: { id: string } }>("/api/offline/tickets/:id", (request, reply) =>
    answer(request, reply, request.params.id),
  );
  app.delete<{ Params: { id: string } }>("/api/offline/tickets/:id", (request, reply) => {
    const who = installationOr404(request, reply);
    if (who === null) return reply;
    queue.leave(who.installation.id, request.params.id);
    return reply.code(204).send();
  });
}
