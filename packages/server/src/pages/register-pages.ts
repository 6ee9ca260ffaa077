import { problem } from "@cordon/contract";
import { CordonError } from "@cordon/model";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Issuer } from "../operators/issuer.ts";
import type { OperatorDoor } from "../operators/operator-door.ts";
import { isSecure } from "../operators/session-cookie.ts";
import { problemOf } from "../problem-of.ts";
import { sendProblem } from "../send-problem.ts";
import { registerAssets } from "./assets.ts";
import { messagePage } from "./message-page.ts";
import { registerEnrol } from "./routes/enrol.ts";
import { registerIssuerSignIn } from "./routes/issuer-sign-in.ts";
import { registerOperators } from "./routes/operators.ts";
import { registerOwn } from "./routes/own.ts";
import { registerPasskeySignIn } from "./routes/passkey-sign-in.ts";
import { registerSignIn } from "./routes/sign-in.ts";
import type { Fields } from "./visitor.ts";

export interface PageContext {
  readonly door: OperatorDoor;
  /** Null: passkeys alone. */
  readonly issuer: Issuer | null;
  readonly onNote: (note: string) => void;
}

/** Everything that a page may load or send to is here, and no script or style stands in a page. */
export const pagePolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The largest form or passkey that anybody sends. */
const formBytesMax = 64 * 1024;

/** The pages for people: signing in, one's own page, the operators. They stand apart from the API: only here are forms taken. */
export function registerPages(app: FastifyInstance, context: PageContext): void {
  void app.register((pages, _options, done) => {
    pages.addHook("onRequest", (request, reply) => atHome(request, reply, context));
    pages.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string", bodyLimit: formBytesMax },
      (_request, body, parsed) => parsed(null, fieldsOf(String(body))),
    );
    pages.setErrorHandler((error: Error, request, reply) => failed(error, request, reply, context));
    registerSignIn(pages, context);
    registerPasskeySignIn(pages, context);
    registerIssuerSignIn(pages, context);
    registerEnrol(pages, context);
    registerOwn(pages, context);
    registerOperators(pages, context);
    done();
  });
  registerAssets(app);
}

/** Pages are under one name alone: passkeys and cookies belong to it, and no other name may be pointed here. */
async function atHome(request: FastifyRequest, reply: FastifyReply, { door }: PageContext): Promise<void> {
  const origin = door.origin();
  reply.header("content-security-policy", pagePolicy).header("cross-origin-opener-policy", "same-origin");
  if (isSecure(origin)) reply.header("strict-transport-security", "max-age=31536000");
  if (request.headers.host === new URL(origin).host) return;
  if (request.method === "GET") await reply.redirect(`${origin}${request.url}`, 303);
  else await sendProblem(reply, problem("forbidden", { detail: `this page is at ${origin}` }));
}

function fieldsOf(body: string): Fields {
  const fields = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(body))
    fields.set(name, [...(fields.get(name) ?? []), value]);
  return Object.fromEntries(fields);
}

async function failed(
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
  { onNote }: PageContext,
): Promise<void> {
  const body = problemOf(error);
  if (body.status >= 500) onNote(`${request.method} ${request.routeOptions.url ?? "?"}: ${error.message}`);
  // A script asks with JSON and is answered with it.
  if (request.headers["content-type"]?.startsWith("application/json") === true) {
    await sendProblem(reply, body);
    return;
  }
  const hint = error instanceof CordonError ? (error.hint ?? undefined) : undefined;
  await reply
    .code(body.status)
    .type("text/html; charset=utf-8")
    .send(
      messagePage({
        title: "That did not work",
        text: withoutTicks(body.detail ?? body.title),
        hint,
        next: { href: "/", label: "Back" },
      }),
    );
}

function withoutTicks(text: string): string {
  const plain = text.replaceAll("`", "");
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}.`;
}
