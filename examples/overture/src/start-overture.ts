import { join } from "node:path";

import { EnforcementPoint, fastifyGuard, ProgressReport } from "@cordon/enforcement";
import type { BundleSource, PointDecision } from "@cordon/enforcement";
import Fastify from "fastify";
import type { FastifyRequest } from "fastify";

import { AccessLog } from "./access-log.ts";
import type { AccessLogLine, GuardedAction } from "./access-log.ts";
import { Accounts } from "./accounts/accounts.ts";
import { openDatabase } from "./accounts/database.ts";
import { Installations } from "./accounts/installations.ts";
import type { PasswordCost } from "./accounts/password-hash.ts";
import { authenticateRequests, buildHeaderOf } from "./endpoints/authenticate.ts";
import { registerChangePassword } from "./endpoints/change-password.ts";
import { registerDirectory } from "./endpoints/directory.ts";
import { registerMe } from "./endpoints/me.ts";
import { registerOidc } from "./endpoints/oidc.ts";
import { registerPlay } from "./endpoints/play.ts";
import { registerSignInPage } from "./endpoints/sign-in-page.ts";
import { registerTakeOffline } from "./endpoints/take-offline.ts";
import { AccessTokenVerifier } from "./identity/access-token.ts";
import { BuildVerifier } from "./identity/build-attestation.ts";
import { identityProvider } from "./identity/identity-provider.ts";
import { dropExpired } from "./identity/oidc-adapter.ts";
import { TokenGate } from "./identity/token-gate.ts";
import type { OvertureHome } from "./overture-home.ts";
import { nothingOffline, SessionReader } from "./session.ts";
import type { Session } from "./session.ts";

export interface OvertureOptions {
  readonly home: OvertureHome;
  /** Names the instance: its log and its last good bundle. */
  readonly instance: string;
  /** 0: a free one. */
  readonly port: number;
  readonly issuer: string;
  readonly webRedirectUris: readonly string[];
  readonly accessTokenMs: number;
  readonly refreshTokenMs: number;
  readonly passwordCost: PasswordCost;
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
  readonly nowMs: () => number;
  readonly random: () => number;
  /** Told of an error that nobody expected and that ended one request. */
  readonly onUnexpected: (error: unknown) => void;
  /** Told when the instance can't go on, as when its log can't be written. */
  readonly onFailure: (error: unknown) => void;
}

/** A running instance of Overture. */
export interface Overture {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly point: EnforcementPoint;
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

function actionOf(request: FastifyRequest): GuardedAction {
  const url = request.routeOptions.url ?? "";
  if (url.startsWith("/play/")) return "play";
  if (url.startsWith("/offline/")) return "offline";
  return url.startsWith("/ofrep/") ? "ofrep" : "other";
}

/** Starts one instance on 127.0.0.1. Resolves when it listens and the bundle source was asked once. */
export async function startOverture(options: OvertureOptions): Promise<Overture> {
  const { home, nowMs } = options;
  const database = openDatabase(home.databaseFile);
  const accounts = new Accounts(database, options.passwordCost);
  const installations = new Installations(database);
  const sessions = new SessionReader(installations, new BuildVerifier(home.releasePublicKey));
  const logFile = join(home.logFolder, `${options.instance}.jsonl`);
  const log = new AccessLog(logFile, options.onFailure);
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
  const tokenGate = new TokenGate({
    point,
    sessions,
    nowMs,
    onDecision: (kind, session, decision) =>
      log.write({ t: nowMs(), action: "token", kind, ...loggedSession(session), ...logged(decision) }),
  });
  const provider = identityProvider({
    ...options,
    database,
    accounts,
    installations,
    sessions,
    tokenGate,
    keys: home.signingKeys,
    cookieSecret: home.cookieSecret,
  });

  provider.on("server_error", (_ctx, error) => options.onUnexpected(error));

  const app = Fastify({ forceCloseConnections: "idle" });
  app.addHook("onError", (_request, _reply, error, done) => {
    if ((error.statusCode ?? 500) >= 500) options.onUnexpected(error);
    done();
  });
  authenticateRequests(app, {
    tokens: new AccessTokenVerifier({
      keys: home.signingKeys,
      issuer: options.issuer,
      cachedMax: verifiedTokensMax,
    }),
    sessions,
    nowMs,
  });
  await app.register(fastifyGuard, {
    point,
    describe: (request) => {
      if (request.session !== null) return request.session.guarded;
      return actionOf(request) === "ofrep" ? sessions.anonymous(buildHeaderOf(request)) : null;
    },
    onDecision: ({ request, decision }) =>
      log.write({
        t: nowMs(),
        action: actionOf(request),
        ...loggedSession(request.session),
        ...logged(decision),
      }),
  });
  registerPlay(app);
  registerTakeOffline(app, { point, installations, nowMs });
  registerMe(app);
  registerChangePassword(app, { database, accounts, nowMs });
  registerDirectory(app, { databaseFile: home.databaseFile, adminToken: home.adminToken });
  registerSignInPage(app, { provider, accounts, nowMs });
  registerOidc(app, provider);

  await point.start();
  const progress =
    options.progress === null
      ? null
      : new ProgressReport({ ...options.progress, point, name: options.instance });
  const sweep = setInterval(() => {
    try {
      dropExpired(database, nowMs(), dropExpiredRowsMax);
    } catch (error) {
      options.onFailure(error);
    }
  }, dropExpiredEveryMs);
  sweep.unref();
  const url = await app.listen({ host: "127.0.0.1", port: options.port });
  return {
    url,
    point,
    logFile,
    async close() {
      clearInterval(sweep);
      const drained = setTimeout(() => app.server.closeAllConnections(), drainMs);
      await app.close();
      clearTimeout(drained);
      await progress?.close();
      await point.close();
      log.close();
      database.close();
    },
  };
}
