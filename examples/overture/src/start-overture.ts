import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { EnforcementPoint, fastifyGuard, ProgressReport } from "@cordon/enforcement";
import type { BundleSource, PointDecision } from "@cordon/enforcement";
import cookie from "@fastify/cookie";
import Fastify from "fastify";
import type { FastifyRequest } from "fastify";

import { AccessLog } from "./access-log.ts";
import type { AccessLogLine, GuardedAction } from "./access-log.ts";
import { openDatabase } from "./accounts/database.ts";
import { openAccounts } from "./accounts/open-accounts.ts";
import type { Account } from "./accounts/accounts.ts";
import type { AccountsOptions } from "./accounts/open-accounts.ts";
import { authenticateRequests, buildHeaderOf } from "./endpoints/authenticate.ts";
import { registerChangePassword } from "./endpoints/change-password.ts";
import { registerDirectory } from "./endpoints/directory.ts";
import type { ToldNotices } from "./endpoints/help.ts";
import { registerMe } from "./endpoints/me.ts";
import { registerOidc } from "./endpoints/oidc.ts";
import { registerPlay } from "./endpoints/play.ts";
import { registerReplay } from "./endpoints/replay.ts";
import { registerRecoveryCases } from "./endpoints/recovery-cases.ts";
import { openListening, registerPlayerApi } from "./endpoints/register-player-api.ts";
import { registerSignInPage } from "./endpoints/sign-in-page.ts";
import { registerTakeOffline } from "./endpoints/take-offline.ts";
import { registerWayBackPages } from "./endpoints/way-back-pages.ts";
import { registerWebPlayer } from "./endpoints/web-player.ts";
import { callbackPath, registerWebSignIn } from "./endpoints/web-sign-in.ts";
import { AccessTokenVerifier } from "./identity/access-token.ts";
import { BuildVerifier } from "./identity/build-attestation.ts";
import { identityProvider } from "./identity/identity-provider.ts";
import { clientIdOf } from "./identity/clients.ts";
import { dropExpired, dropRefreshToken } from "./identity/oidc-adapter.ts";
import { TokenGate } from "./identity/token-gate.ts";
import { openLibrary } from "./library/open-library.ts";
import type { OpenLibrary } from "./library/open-library.ts";
import { registerSubsonic } from "./subsonic/register-subsonic.ts";
import { makeDemoMusic } from "./music/make-demo-music.ts";
import type { AdmissionPolicy } from "./offline-copies/admission-queue.ts";
import type { OvertureHome } from "./overture-home.ts";
import type { IncidentReplay } from "./replay/remote-replay.ts";
import { nothingOffline, SessionReader } from "./session.ts";
import type { Session } from "./session.ts";

export interface OvertureOptions extends AccountsOptions {
  readonly home: OvertureHome;
  /** Names the instance: its log and its last good bundle. */
  readonly instance: string;
  /** 0: a free one. */
  readonly port: number;
  readonly issuer: string;
  readonly webRedirectUris: readonly string[];
  /** Where browsers reach the service, as `https://music.example.org`; null: at 127.0.0.1, as at home. */
  readonly publicOrigin: string | null;
  /** Whether a proxy in front says in `X-Forwarded-For` whose request it is; the last entry counts. */
  readonly behindProxy: boolean;
  /** Folders of music. */
  readonly musicFolders: readonly string[];
  /** Whether some music is composed in the background, into a folder of the service's own. */
  readonly demoMusic: boolean;
  /** False: the gate is not asked about requests, to measure what asking costs. */
  readonly isGuarded: boolean;
  readonly licenceMs: number;
  readonly admission: AdmissionPolicy;
  /** The public page about an incident; null: none. */
  readonly advisoryUrl: string | null;
  readonly told: ToldNotices;
  /** Lets the incident happen once more to those who ask; null: nobody does. */
  readonly replay: IncidentReplay | null;
  readonly accessTokenMs: number;
  readonly bundleSource: BundleSource;
  readonly bundleKeys: readonly string[];
  readonly bundleThreshold: number;
  readonly bundleBytesMax: number;
  readonly beforeFirstBundle: "allow" | "refuse";
  readonly withoutPlatform: "refuse" | "allow";
  readonly retryAfterSeconds: { readonly least: number; readonly most: number };
  /** Where progress is reported; null: nowhere. */
  readonly progress: {
    readonly url: string;
    readonly token: string;
    readonly everyMs: number;
    readonly timeoutMs: number;
  } | null;
  readonly random: () => number;
  /** Told when the instance can't go on, as when its log can't be written. */
  readonly onFailure: (error: unknown) => void;
}

/** A running instance of Overture. */
export interface Overture {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly point: EnforcementPoint;
  readonly library: OpenLibrary;
  readonly logFile: string;
  /** Answers what is under way, writes the log to its end, and stops. */
  close(): Promise<void>;
}

const verifiedTokensMax = 50_000;
/** How long requests that are under way may take when an instance ends. */
const drainMs = 2_000;
const dropExpiredEveryMs = 60_000;
const dropExpiredRowsMax = 5_000;

/** The measures of a decision for the log; a recommendation ends in `?`. */
function logged(decision: PointDecision): Pick<AccessLogLine, "allow" | "directives" | "rules" | "bundle"> {
  const { allow, directives, bundleVersion } = decision;
  return {
    allow,
    directives: directives.map(({ measure, required }) => (required ? measure : `${measure}?`)),
    rules: directives.map(({ rule }) => rule),
    bundle: bundleVersion,
  };
}

function loggedSession(session: Session | null) {
  const request = session?.guarded.request ?? null;
  return {
    account: session?.accountId ?? null,
    inst: session?.installationId ?? null,
    platform: request?.platform ?? null,
    store: request?.store ?? null,
    version: request?.version ?? null,
    offlineEpoch: request === null || request.offlineEpoch === nothingOffline ? null : request.offlineEpoch,
    authTime: session?.authTimeMs ?? null,
  };
}

/** The proxy in front is one hop away; whatever stands before its own entry is what clients say. */
const onlyTheNearest = (_address: string, hop: number): boolean => hop === 0;

function actionOf(request: FastifyRequest): GuardedAction {
  const url = request.routeOptions.url ?? "";
  if (url.startsWith("/play/") || url.startsWith("/api/stream/")) return "play";
  if (url.startsWith("/offline/") || url.startsWith("/api/offline/content/")) return "offline";
  return url.startsWith("/ofrep/") ? "ofrep" : "other";
}

/** Brings the library up to its folders, and composes what was asked for meanwhile. */
async function fillLibrary(
  options: OvertureOptions,
  library: OpenLibrary,
  signal: AbortSignal,
): Promise<void> {
  const { demoMusic, musicFolders, home, onUnexpected } = options;
  if (demoMusic) mkdirSync(home.demoMusicFolder, { recursive: true, mode: 0o700 });
  if (demoMusic || musicFolders.length > 0) void library.scan();
  if (!demoMusic) return;
  try {
    await makeDemoMusic(home.demoMusicFolder, () => void library.scan(), signal);
  } catch (error) {
    if (!signal.aborted) onUnexpected(error);
  }
}

/** Starts one instance on 127.0.0.1. Resolves when it listens and the bundle source was asked once. */
export async function startOverture(options: OvertureOptions): Promise<Overture> {
  const { home, nowMs } = options;
  const database = openDatabase(home.databaseFile);
  let ownUrl = "";
  const origin = () => options.publicOrigin ?? ownUrl;
  const people = openAccounts(database, options, origin);
  const { installations } = people;
  const library = openLibrary({
    databaseFile: home.libraryFile,
    coverFolder: home.coverFolder,
    folders: options.demoMusic ? [...options.musicFolders, home.demoMusicFolder] : options.musicFolders,
    onUnexpected: options.onUnexpected,
  });
  const sessions = new SessionReader(
    installations,
    new BuildVerifier(home.releasePublicKey),
    people.accounts,
  );
  const logFile = join(home.logFolder, `${options.instance}.jsonl`);
  const log = new AccessLog(logFile, options.onFailure);
  // #region integrate: point
  const point = new EnforcementPoint({
    source: options.bundleSource,
    publicKeys: options.bundleKeys,
    threshold: options.bundleThreshold,
    lastGoodFile: join(home.bundleFolder, `${options.instance}.bundle`),
    beforeFirstBundle: options.beforeFirstBundle,
    withoutPlatform: options.withoutPlatform,
    keepServing: true,
    bundleBytesMax: options.bundleBytesMax,
    retryAfterSeconds: options.retryAfterSeconds,
    nowMs,
    random: options.random,
  });
  // #endregion
  const note = (
    what: Pick<AccessLogLine, "action" | "kind">,
    session: Session | null,
    decision: PointDecision,
  ) => log.write({ t: nowMs(), ...what, ...loggedSession(session), ...logged(decision) });
  const tokenGate = new TokenGate({
    point,
    sessions,
    nowMs,
    onDecision: (kind, session, decision) => note({ action: "token", kind }, session, decision),
  });
  const provider = identityProvider({
    ...options,
    ...people,
    database,
    sessions,
    tokenGate,
    keys: home.signingKeys,
    cookieSecret: home.cookieSecret,
    isOwnRedirect: (uri) => ownOrigins().some((each) => uri === `${each}${callbackPath}`),
  });
  const ownOrigins = () =>
    options.publicOrigin === null
      ? [ownUrl, ownUrl.replace("127.0.0.1", "localhost")]
      : [options.publicOrigin];

  provider.on("server_error", (_ctx, error) => options.onUnexpected(error));

  const app = Fastify({
    forceCloseConnections: "idle",
    trustProxy: options.behindProxy ? onlyTheNearest : false,
  });
  await app.register(cookie);
  app.addHook("onError", (_request, _reply, error, done) => {
    if ((error.statusCode ?? 500) >= 500) options.onUnexpected(error);
    done();
  });
  const tokens = new AccessTokenVerifier({
    keys: home.signingKeys,
    issuer: options.issuer,
    cachedMax: verifiedTokensMax,
  });
  authenticateRequests(app, { ...people, ...options, tokens, sessions });
  if (options.isGuarded) {
    // #region integrate: guard
    await app.register(fastifyGuard, {
      point,
      describe: (request) => {
        if (request.session !== null) return request.session.guarded;
        return actionOf(request) === "ofrep" ? sessions.anonymous(buildHeaderOf(request)) : null;
      },
      onDecision: ({ request, decision }) => note({ action: actionOf(request) }, request.session, decision),
    });
    // #endregion
  }
  registerPlay(app);
  registerTakeOffline(app, { point, installations, nowMs });
  registerMe(app);
  registerChangePassword(app, people);
  registerDirectory(app, { databaseFile: home.databaseFile, adminToken: home.adminToken });
  registerRecoveryCases(app, { ...people, adminToken: home.adminToken });
  registerSignInPage(app, { ...people, provider, nowMs, mustChangePassword });
  registerWayBackPages(app, people.wayBack);
  registerOidc(app, provider);
  const secureCookies = options.publicOrigin?.startsWith("https:") === true;
  registerWebSignIn(app, {
    ...people,
    ...options,
    tokens,
    cookieSecret: home.cookieSecret,
    ownUrl: () => ownUrl,
    dropRefreshToken: (token) => dropRefreshToken(database, token),
  });
  const listening = openListening(database, library);
  registerPlayerApi(
    app,
    { ...options, database, people, library, point, secureCookies, offlineSecret: home.offlineSecret },
    listening,
  );
  registerSubsonic(app, {
    ...options,
    ...people,
    point,
    sessions,
    library,
    listening,
    origin,
    onDecision: (session, decision, endpoint) =>
      note({ action: ["stream", "download"].includes(endpoint) ? "play" : "other" }, session, decision),
  });
  registerReplay(app, options.replay);
  registerWebPlayer(app);

  /** By the policy in force, for somebody who has just signed in on the web. */
  function mustChangePassword(account: Account): boolean {
    const facts = {
      accountId: account.id,
      clientId: clientIdOf("web"),
      installationId: "",
      authTimeMs: nowMs(),
      passwordSetAtMs: account.passwordSetAtMs,
      keyId: null,
    };
    const { request } = sessions.read(facts, undefined).guarded;
    return point.wouldAsk(request).some(({ measure }) => measure === "change_password");
  }

  // #region integrate: start
  await point.start();
  const progress =
    options.progress === null
      ? null
      : new ProgressReport({ ...options.progress, point, name: options.instance });
  // #endregion
  const sweep = setInterval(() => {
    try {
      dropExpired(database, nowMs(), dropExpiredRowsMax);
      people.dropExpired();
    } catch (error) {
      options.onFailure(error);
    }
  }, dropExpiredEveryMs);
  sweep.unref();
  ownUrl = await app.listen({ host: "127.0.0.1", port: options.port });
  const ending = new AbortController();
  const music = fillLibrary(options, library, ending.signal);
  return {
    url: ownUrl,
    point,
    library,
    logFile,
    async close() {
      clearInterval(sweep);
      const drained = setTimeout(() => app.server.closeAllConnections(), drainMs);
      await app.close();
      clearTimeout(drained);
      await progress?.close();
      ending.abort();
      await library.close();
      await music;
      await point.close();
      log.close();
      database.close();
    },
  };
}
