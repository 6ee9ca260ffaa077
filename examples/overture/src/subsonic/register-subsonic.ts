import type { EnforcementPoint, PointDecision } from "@cordon/enforcement";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import type { ApiKeys, KeyOwner } from "../accounts/api-keys.ts";
import type { GuessLimit } from "../accounts/guess-limit.ts";
import { buildHeaderOf } from "../endpoints/authenticate.ts";
import type { Listening } from "../endpoints/register-player-api.ts";
import type { OpenLibrary } from "../library/open-library.ts";
import type { Session, SessionReader } from "../session.ts";
import { sendSubsonic } from "./answer.ts";
import type { Node } from "./answer.ts";
import { browsingEndpoints } from "./browsing-endpoints.ts";
import type { Endpoint } from "./call.ts";
import { claimedClient, readCredential } from "./credential.ts";
import type { Credential } from "./credential.ts";
import { listEndpoints } from "./list-endpoints.ts";
import { listeningEndpoints } from "./listening-endpoints.ts";
import { mediaEndpoints } from "./media-endpoints.ts";
import { Parameters } from "./parameters.ts";
import { playlistEndpoints } from "./playlist-endpoints.ts";
import { SubsonicError } from "./subsonic-error.ts";
import { extensions, systemEndpoints } from "./system-endpoints.ts";

interface SubsonicOptions {
  readonly point: EnforcementPoint;
  readonly sessions: SessionReader;
  readonly apiKeys: ApiKeys;
  readonly limit: GuessLimit;
  readonly library: OpenLibrary;
  readonly listening: Listening;
  /** Where people are sent for help: the service's origin. */
  readonly origin: () => string;
  readonly onDecision: (session: Session, decision: PointDecision, endpoint: string) => void;
  readonly nowMs: () => number;
  readonly onUnexpected: (error: unknown) => void;
}

const endpoints: ReadonlyMap<string, Endpoint> = new Map(
  [
    systemEndpoints,
    browsingEndpoints,
    listEndpoints,
    playlistEndpoints,
    listeningEndpoints,
    mediaEndpoints,
  ].flatMap((each) => Object.entries(each)),
);

const formBytesMax = 1024 * 1024;
const open = { config: { cordon: "open" } } as const;

/**
 * The OpenSubsonic API below /rest/, by GET and by form. The gate is asked here and not by the routes' guard: these clients read
 * an error from a body with HTTP 200, and nothing else.
 */
export function registerSubsonic(app: FastifyInstance, options: SubsonicOptions): void {
  const { apiKeys, sessions, point, limit, nowMs } = options;

  function ownerOf({ key, user }: Credential, address: string, helpUrl: string): KeyOwner {
    const guesser = { name: `key ${address}`, address, knownInstallation: null };
    const wrong = user === null ? 44 : 40;
    if (limit.blockedMs(guesser, nowMs()) > 0)
      throw new SubsonicError(wrong, { message: "Too many attempts: wait a while.", helpUrl });
    const owner = apiKeys.owner(key, nowMs());
    if (owner !== null && (user === null || [owner.email, owner.accountId].includes(user))) return owner;
    limit.wrong(guesser, nowMs());
    throw new SubsonicError(wrong, { helpUrl });
  }

  function admit(session: Session, name: string, isKey: boolean, helpUrl: string): void {
    const decision = point.decide(session.guarded);
    options.onDecision(session, decision, name);
    if (decision.allow) return;
    for (const directive of decision.directives) {
      const { measure } = directive;
      if (measure === "refuse_client") throw new SubsonicError(20, { helpUrl });
      if (measure === "upgrade" && directive.required)
        throw new SubsonicError(20, { helpUrl: directive.link ?? helpUrl });
      if (measure === "reauthenticate" || measure === "change_password")
        throw new SubsonicError(isKey ? 44 : 40, {
          message: "Sign in on the web, and make a new API key.",
          helpUrl,
        });
    }
    throw new SubsonicError(0, { message: "Try again in a while." });
  }

  /** What the call comes to; null: a file was sent. */
  async function outcomeOf(
    request: FastifyRequest,
    reply: FastifyReply,
    parameters: Parameters,
  ): Promise<Node | SubsonicError | null> {
    const name = (request.params as { readonly name: string }).name.replace(/\.view$/, "");
    try {
      const format = parameters.get("f");
      if (format !== null && format !== "json" && format !== "xml")
        throw new SubsonicError(0, { message: "`f` must be `json` or `xml`." });
      if (name === "getOpenSubsonicExtensions") return extensions;
      const endpoint = endpoints.get(name);
      if (endpoint === undefined) throw new SubsonicError(70, { message: "There is no such endpoint." });
      const helpUrl = `${options.origin()}/#/account`;
      const credential = readCredential(parameters, helpUrl);
      const client = parameters.need("c");
      checkVersion(parameters.need("v"));
      const owner = ownerOf(credential, request.ip, helpUrl);
      const claimed = claimedClient(client, request.headers["user-agent"]);
      const session = sessions.readKey(owner, claimed, buildHeaderOf(request));
      admit(session, name, credential.user === null, helpUrl);
      const { library, listening } = options;
      return await endpoint({ owner, parameters, library, listening, nowMs, request, reply });
    } catch (error) {
      if (error instanceof SubsonicError) return error;
      options.onUnexpected(error);
      return new SubsonicError(0);
    }
  }

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { search } = new URL(request.url, "http://overture.invalid");
    const parameters = new Parameters(search, typeof request.body === "string" ? request.body : null);
    // Any site may ask: what lets a client in is its key, and never a browser's cookie.
    void reply.header("access-control-allow-origin", "*");
    const outcome = await outcomeOf(request, reply, parameters);
    return outcome === null ? reply : sendSubsonic(reply, parameters.get("f"), outcome);
  }

  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string", bodyLimit: formBytesMax },
      (_request, body, parsed) => parsed(null, body.toString()),
    );
    scope.get("/rest/:name", open, answer);
    scope.post("/rest/:name", open, answer);
    done();
  });
}

/** Of the protocol: clients up to 1.16 of major version 1 are understood. */
function checkVersion(version: string): void {
  const major = Number(/^(\d{1,4})\./.exec(version)?.[1] ?? Number.NaN);
  if (major > 1) throw new SubsonicError(30);
  if (!(major >= 1)) throw new SubsonicError(20);
}
