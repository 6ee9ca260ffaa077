import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { HttpBundleSource, httpBundleSourceDefaults } from "@cordon/enforcement";
import { vi } from "vitest";

import {
  buildHeader,
  clientIdOf,
  defaultIssuer,
  drillPasswordCost,
  openDatabase,
  openOvertureHome,
  overtureDefaults,
  seedAccounts,
  seedInstallations,
  signBuild,
  signInGrantType,
  startOverture,
} from "../src/index.ts";
import type {
  AccessLogLine,
  AccountSeed,
  InstallationSeed,
  Mail,
  Overture,
  OvertureHome,
  OvertureOptions,
} from "../src/index.ts";
import { enforcementToken, FakeControlPlane } from "./fake-control-plane.ts";
import { makeTestMusic } from "./test-music.ts";

export const longAgoMs = Date.parse("2014-01-01T00:00:00Z");

export function account(id: string): AccountSeed {
  return {
    id,
    email: `${id}@example.org`,
    password: `password of ${id}`,
    market: "SE",
    locale: "sv",
    createdAtMs: longAgoMs,
    passwordSetAtMs: longAgoMs,
  };
}

export function installation(accountId: string, more: Partial<InstallationSeed> = {}): InstallationSeed {
  return {
    id: `inst-${accountId}`,
    accountId,
    platform: "android",
    store: "google-play",
    version: "1.0.9",
    lastSeenMs: longAgoMs,
    hasOffline: false,
    offlineEpoch: 1,
    ...more,
  };
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

function rethrow(error: unknown): never {
  throw error;
}

/** One Overture on its own folder, with a fake control plane beside it. */
export class RunningOverture {
  readonly folder: string;
  readonly home: OvertureHome;
  readonly controlPlane: FakeControlPlane;
  readonly overture: Overture;
  readonly play: string;
  /** What Overture has sent by mail. */
  readonly mails: readonly Mail[];

  private constructor(
    folder: string,
    home: OvertureHome,
    controlPlane: FakeControlPlane,
    overture: Overture,
    mails: Mail[],
  ) {
    this.mails = mails;
    this.folder = folder;
    this.home = home;
    this.controlPlane = controlPlane;
    this.overture = overture;
    this.play = signBuild(home.releasePrivateKey, {
      platform: "android",
      store: "google-play",
      version: "1.0.9",
    });
  }

  /** `music`: five short tracks, scanned. */
  static async start(
    more: {
      accessTokenMs?: number;
      accounts?: string[];
      music?: boolean;
      options?: Partial<OvertureOptions>;
    } = {},
  ): Promise<RunningOverture> {
    const folder = mkdtempSync(join(tmpdir(), "overture-"));
    const home = openOvertureHome(folder);
    const database = openDatabase(home.databaseFile);
    const ids = more.accounts ?? ["ada", "bo"];
    seedAccounts(database, ids.map(account), drillPasswordCost);
    seedInstallations(
      database,
      ids.map((id) => installation(id)),
    );
    database.close();
    const controlPlane = new FakeControlPlane();
    const url = await controlPlane.start();
    const mails: Mail[] = [];
    const musicFolder = join(folder, "test music");
    if (more.music === true) await makeTestMusic(musicFolder);
    const overture = await startOverture({
      ...overtureDefaults,
      ...(more.music === true ? { musicFolders: [musicFolder] } : {}),
      mail: {
        send: (mail) => {
          mails.push(mail);
          return Promise.resolve();
        },
      },
      home,
      instance: "one",
      port: 0,
      issuer: defaultIssuer,
      webRedirectUris: ["https://overture.example/callback"],
      accessTokenMs: more.accessTokenMs ?? 600_000,
      refreshTokenMs: 86_400_000,
      passwordCost: drillPasswordCost,
      bundleSource: new HttpBundleSource({
        ...httpBundleSourceDefaults,
        url,
        token: enforcementToken,
        bundleBytesMax: 1 << 20,
        random: Math.random,
        lookAgainSpreadMs: 0,
      }),
      bundleKeys: [controlPlane.keys.publicKeyPem],
      bundleThreshold: 1,
      bundleBytesMax: 1 << 20,
      beforeFirstBundle: "allow",
      withoutPlatform: "refuse",
      retryAfterSeconds: { least: 2, most: 30 },
      progress: { url, token: enforcementToken, everyMs: 60_000, timeoutMs: 5_000 },
      nowMs: Date.now,
      random: Math.random,
      onUnexpected: rethrow,
      onFailure: rethrow,
      ...more.options,
    });
    if (more.music === true) await overture.library.scan();
    return new RunningOverture(folder, home, controlPlane, overture, mails);
  }

  build(store: string, version: string, platform = "android"): string {
    return signBuild(this.home.releasePrivateKey, { platform, store, version });
  }

  /** Publishes a policy and waits until it is in force. */
  async enforce(
    policy: { version: number; rules: object[] },
    cohorts: Record<string, string[]> = {},
  ): Promise<void> {
    await this.controlPlane.publish(policy, cohorts);
    await vi.waitFor(
      () => {
        if (this.overture.point.status().bundle?.version !== policy.version)
          throw new Error("not in force yet");
      },
      { timeout: 60_000, interval: 10 },
    );
  }

  token(parameters: Record<string, string>, build: string | null = this.play): Promise<Response> {
    return fetch(`${this.overture.url}/token`, {
      method: "POST",
      body: new URLSearchParams({ client_id: clientIdOf("android"), ...parameters }),
      headers: build === null ? {} : { [buildHeader]: build },
    });
  }

  signIn(id: string, more: Record<string, string> = {}, build: string | null = this.play): Promise<Response> {
    return this.token(
      {
        grant_type: signInGrantType,
        username: `${id}@example.org`,
        password: `password of ${id}`,
        installation: `inst-${id}`,
        ...more,
      },
      build,
    );
  }

  async signedIn(
    id: string,
    more: Record<string, string> = {},
    build: string | null = this.play,
  ): Promise<Tokens> {
    const response = await this.signIn(id, more, build);
    if (response.status !== 200)
      throw new Error(`sign-in answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Tokens;
  }

  refresh(refreshToken: string, build: string | null = this.play): Promise<Response> {
    return this.token({ grant_type: "refresh_token", refresh_token: refreshToken }, build);
  }

  request(
    path: string,
    accessToken: string | null,
    init: RequestInit & { build?: string | null } = {},
  ): Promise<Response> {
    const headers = new Headers(init.headers);
    if (accessToken !== null) headers.set("authorization", `Bearer ${accessToken}`);
    const build = init.build === undefined ? this.play : init.build;
    if (build !== null) headers.set(buildHeader, build);
    return fetch(`${this.overture.url}${path}`, { method: "POST", ...init, headers });
  }

  /** Stops, and returns what the log says. */
  async stop(): Promise<AccessLogLine[]> {
    await this.overture.close();
    await this.controlPlane.close();
    const lines = readFileSync(this.overture.logFile, "utf8").split("\n").filter(Boolean);
    rmSync(this.folder, { recursive: true });
    return lines.map((line) => JSON.parse(line) as AccessLogLine);
  }
}

export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<
    string,
    unknown
  >;
}
