import { attachmentBytesMax, endpoints } from "@cordon/contract";
import { attachFile, readAttachment, type Plane } from "@cordon/control-plane";
import { InputError } from "@cordon/model";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Authentication } from "../authenticate.ts";
import { routePath } from "./route-path.ts";

/** Files of an incident: taken and given as they are, never held in memory whole. */
export function registerAttachments(
  app: FastifyInstance,
  plane: Plane,
  authentication: Authentication,
): void {
  const { attachFile: attach, readAttachment: read } = endpoints;
  // In a scope of its own: nowhere else are bodies anything but JSON.
  void app.register((scope, _options, done) => {
    scope.addContentTypeParser("application/octet-stream", (_request, payload, parsed) =>
      parsed(null, payload),
    );
    scope.post(
      routePath(attach.path),
      { bodyLimit: attachmentBytesMax, onRequest: authentication.require(attach.roles) },
      async (request, reply) => {
        const { incidentId = "" } = request.params as { readonly incidentId?: string };
        const chunks = request.body as AsyncIterable<Uint8Array> | undefined;
        if (chunks === undefined) throw new InputError([], "no file", "application/octet-stream");
        const file = { name: nameOf(request), chunks };
        const attached = await attachFile(plane, authentication.caller(request), incidentId, file);
        return reply.code(attach.success.status).send(attached);
      },
    );
    done();
  });
  app.get(routePath(read.path), { onRequest: authentication.require(read.roles) }, async (request, reply) => {
    const { incidentId = "", attachmentId = "" } = request.params as {
      readonly incidentId?: string;
      readonly attachmentId?: string;
    };
    const { file, stream } = await readAttachment(plane, incidentId, attachmentId);
    // Never shown by a browser as anything that could run.
    return reply
      .type("application/octet-stream")
      .header("content-length", String(file.bytes))
      .header("content-disposition", `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`)
      .send(stream);
  });
}

function nameOf(request: FastifyRequest): string {
  const written = request.headers["attachment-name"];
  try {
    if (typeof written === "string" && written !== "") return decodeURIComponent(written);
  } catch {
    // Not percent-encoded UTF-8: told below.
  }
  throw new InputError(["Attachment-Name"], "no name", "a file name, percent-encoded");
}
