import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";

import type { EnforcementPoint } from "../enforcement-point.ts";
import { guardRequest } from "../guard-request.ts";
import { jsonAnswer } from "../http-answer.ts";
import type { HttpAnswer } from "../http-answer.ts";
import { readNodeBody, sendByNode } from "../node-guard.ts";
import { answerOfrep } from "../ofrep-answer.ts";
import { ofrepTarget } from "../ofrep-path.ts";
import type { Identity, IdentityReader } from "../token/identity.ts";
import { forAuthRequest } from "./auth-request-answer.ts";
import { identityRefusal } from "./identity-refusal.ts";
import type { IdentityRefusals } from "./identity-refusal.ts";
import type { ProxySecret } from "./proxy-secret.ts";

export interface ForwardAuthOptions {
  readonly point: EnforcementPoint;
  readonly identify: IdentityReader;
  /**
   * How the proxy takes a denial: `whole` passes the answer on as it stands (Caddy, Traefik, Envoy), `auth-request` takes 401
   * and 403 alone, without a body (nginx); problem and status then stand in headers.
   */
  readonly answers: "whole" | "auth-request";
  readonly refusals: IdentityRefusals;
  /** What the proxy must show before anything is decided; null: whoever reaches the listener is a proxy. */
  readonly secret: ProxySecret | null;
  /** Told of what should never happen; the request is then refused with 500. */
  readonly onFailure: (error: unknown) => void;
}

/** 200, not 204: Envoy takes nothing else for "allowed". */
const allowed: HttpAnswer = { status: 200, headers: { "content-length": "0" }, body: null };
const healthy = jsonAnswer(200, { status: "ok" }, { "cache-control": "no-store" });
const ending = jsonAnswer(503, { status: "ending" }, { "cache-control": "no-store" });
const notFound = jsonAnswer(404, { type: "about:blank", title: "Not Found", status: 404 });

/** The forward-auth server's answers: `/auth`, `/ofrep/v1/…`, `/healthz`, `/status`. */
export class ForwardAuth {
  readonly #options: ForwardAuthOptions;
  /** Set when the server is about to end: `/healthz` says so, and connections are not kept. */
  isEnding = false;

  constructor(options: ForwardAuthOptions) {
    this.#options = options;
  }

  readonly listener = (request: IncomingMessage, response: ServerResponse): void => {
    void this.#answer(request).then(
      (answer) => this.#send(response, answer),
      (error: unknown) => {
        // A client that goes away in the middle of its body is no failure of ours.
        if (response.destroyed) return;
        this.#options.onFailure(error);
        this.#send(
          response,
          jsonAnswer(500, { type: "about:blank", title: "Internal Server Error", status: 500 }),
        );
      },
    );
  };

  #send(response: ServerResponse, answer: HttpAnswer): void {
    if (this.isEnding) response.shouldKeepAlive = false;
    sendByNode(response, answer);
  }

  async #answer(request: IncomingMessage): Promise<HttpAnswer> {
    const { method = "", url = "", headers } = request;
    const path = pathOf(url);
    if (path === "/auth" || path.startsWith("/auth/")) return this.#decide(headers);
    if (method === "POST") {
      const target = ofrepTarget(url);
      if (target !== null) {
        return answerOfrep(this.#options, {
          request,
          target,
          described: await this.#described(headers),
          ifNoneMatch: headers["if-none-match"],
          readBody: (bytesMax) => readNodeBody(request, bytesMax),
        });
      }
    }
    if (method === "GET" || method === "HEAD") {
      if (path === "/healthz") return this.isEnding ? ending : healthy;
      if (path === "/status") return this.#status();
    }
    return notFound;
  }

  async #decide(headers: IncomingHttpHeaders): Promise<HttpAnswer> {
    const answer = await this.#denial(headers);
    if (answer === null) return allowed;
    return this.#options.answers === "auth-request" ? forAuthRequest(answer) : answer;
  }

  /** Null: the request may go on. */
  async #denial(headers: IncomingHttpHeaders): Promise<HttpAnswer | null> {
    const { point, identify, refusals, secret } = this.#options;
    if (secret !== null && !secret.isShownBy(headers)) {
      point.counters.count("proxy.unknown");
      return identityRefusal("proxy-unknown", point.retryAfterSeconds());
    }
    const identity = await identify(headers);
    if (identity.kind === "known") return guardRequest(point, identity.guarded);
    point.counters.count(`token.${identity.kind}`);
    if (refusals[identity.kind] === "allow" || point.status().mode === "shadow") return null;
    return identityRefusal(identity.kind, point.retryAfterSeconds());
  }

  /** Whoever can't be known is nobody to OFREP, and never refused. */
  async #described(headers: IncomingHttpHeaders) {
    const { identify, secret } = this.#options;
    if (secret !== null && !secret.isShownBy(headers)) return null;
    const identity: Identity = await identify(headers);
    return identity.kind === "known" ? identity.guarded : null;
  }

  #status(): HttpAnswer {
    const { point } = this.#options;
    const status = { ...point.status(), counters: point.counters.report() };
    return jsonAnswer(200, status, { "cache-control": "no-store" });
  }
}

function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}
