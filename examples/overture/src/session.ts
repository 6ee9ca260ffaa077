import type { ClientClaims, GuardedRequest } from "@cordon/enforcement";

import type { Accounts } from "./accounts/accounts.ts";
import type { KeyOwner } from "./accounts/api-keys.ts";
import type { Installation, Installations, SeenBuild } from "./accounts/installations.ts";
import type { Build, BuildVerifier } from "./identity/build-attestation.ts";
import { platformOf, subsonicClientId, subsonicPlatform } from "./identity/clients.ts";
import { webPlayerVersion } from "./web-player-version.ts";

/** The facts of one request that Overture can vouch for, whichever way the client signed in. */
export interface SessionFacts {
  readonly accountId: string;
  readonly clientId: string;
  readonly installationId: string;
  readonly authTimeMs: number;
  readonly passwordSetAtMs: number;
  readonly keyId: string | null;
}

/** Somebody's session, and what the gate may ask about it. */
export interface Session extends SessionFacts {
  readonly installation: Installation | null;
  readonly guarded: GuardedRequest;
}

/** An installation without offline copies has nothing to download again: its epoch is above any that a policy names. */
export const nothingOffline = Number.MAX_SAFE_INTEGER;

const bareBuild = /^([a-z0-9-]{1,32})\/([a-z0-9-]{1,64})\/([0-9A-Za-z.+-]{1,64})$/;

/** What a client says of itself without proof, as `platform/store/version`. It can only tighten. */
function bareClaim(header: string | undefined): Build | null {
  const match = header === undefined ? null : bareBuild.exec(header);
  if (match === null) return null;
  const [, platform = "", store = "", version = ""] = match;
  return { platform, store, version };
}

export class SessionReader {
  readonly #installations: Installations;
  readonly #builds: BuildVerifier;
  readonly #accounts: Pick<Accounts, "marketOf">;

  constructor(installations: Installations, builds: BuildVerifier, accounts: Pick<Accounts, "marketOf">) {
    this.#installations = installations;
    this.#builds = builds;
    this.#accounts = accounts;
  }

  /** What a build header proves on a platform; without proof the store is unknown and the version can't be read. */
  build(platform: string, header: string | undefined): SeenBuild | null {
    // The web player has no build of its own: whoever has its session got it from Overture's site, which serves one version.
    // A page that has been open for longer says so in the header, and that only tightens.
    if (platform === "web") return { platform, store: "website", version: webPlayerVersion };
    const build = this.#builds.verify(header);
    return build?.platform === platform ? build : null;
  }

  read(facts: SessionFacts, header: string | undefined): Session {
    const installation = this.#installations.find(facts.installationId);
    // INVARIANT: an installation speaks for its own account only.
    const own = installation?.accountId === facts.accountId ? installation : null;
    const platform = platformOf(facts.clientId);
    const build = platform === null ? null : this.build(platform, header);
    return {
      ...facts,
      installation: own,
      guarded: {
        // #region integrate: session
        request: {
          account: facts.accountId,
          ordinal: null,
          authTimeMs: facts.authTimeMs,
          passwordSetAtMs: facts.passwordSetAtMs,
          keyId: facts.keyId,
          platform,
          store: build?.store ?? "unknown",
          version: build === null || build.version === "" ? null : build.version,
          offlineEpoch: own?.hasOffline === true ? own.offlineEpoch : nothingOffline,
        },
        // #endregion
        claimed: build === null || platform === "web" ? bareClaim(header) : null,
        ...this.#marketOf(facts.accountId),
      },
    };
  }

  /**
   * Somebody by an API key: an older client of any maker. Nothing vouches for what it is, so its name and version only
   * tighten; one of Overture's own builds proves itself by its header.
   */
  readKey(owner: KeyOwner, claimed: ClientClaims, header: string | undefined): Session {
    const build = this.#builds.verify(header);
    return {
      accountId: owner.accountId,
      clientId: subsonicClientId,
      installationId: owner.id,
      authTimeMs: owner.authTimeMs,
      passwordSetAtMs: owner.passwordSetAtMs,
      keyId: null,
      installation: null,
      guarded: {
        request: {
          account: owner.accountId,
          ordinal: null,
          authTimeMs: owner.authTimeMs,
          passwordSetAtMs: owner.passwordSetAtMs,
          keyId: null,
          platform: build?.platform ?? subsonicPlatform,
          store: build?.store ?? "unknown",
          version: build?.version ?? null,
          offlineEpoch: nothingOffline,
        },
        claimed: build === null ? claimed : null,
        ...this.#marketOf(owner.accountId),
      },
    };
  }

  /** A client before anybody has signed in on it: only its build speaks for it. */
  anonymous(header: string | undefined): GuardedRequest {
    const build = this.#builds.verify(header);
    return {
      request: {
        account: null,
        ordinal: null,
        authTimeMs: null,
        passwordSetAtMs: null,
        keyId: null,
        platform: build?.platform ?? null,
        store: build?.store ?? "unknown",
        version: build?.version ?? null,
        offlineEpoch: nothingOffline,
      },
      claimed: build === null ? bareClaim(header) : null,
    };
  }

  /** For the count of who has met a measure; nothing is decided by it. */
  #marketOf(accountId: string): { readonly market?: string } {
    const market = this.#accounts.marketOf(accountId);
    return market === null ? {} : { market };
  }

  /** Notes the build that an installation proves to run, for the directory. */
  note(session: Session, header: string | undefined, nowMs: number): void {
    const build = session.installation === null ? null : this.build(session.installation.platform, header);
    if (session.installation !== null && build !== null)
      this.#installations.seen(session.installation, build, nowMs);
  }
}
