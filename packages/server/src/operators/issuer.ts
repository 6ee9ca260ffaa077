import type { OperatorRole } from "@cordon/contract";
import * as openid from "openid-client";
import { OperatorError } from "./errors.ts";

export interface IssuerSettings {
  /** `https://…`; `http://` on this machine alone. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The claim of the id token that lists groups. */
  readonly groupsClaim: string;
  /** What each group may do here. A group that is not named may nothing. */
  readonly roles: ReadonlyMap<string, readonly OperatorRole[]>;
}

/** What a browser keeps, sealed, between the way out to the issuer and the way back. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Whom the issuer vouches for. */
export interface VouchedFor {
  readonly issuer: string;
  readonly subject: string;
  readonly displayName: string;
  readonly roles: readonly OperatorRole[];
}

export const callbackPath = "/sign-in/issuer/callback";

const timeoutSeconds = 10;
/** Groups of one person that are looked at. */
const groupsMax = 1000;
const displayNameMax = 200;
const loopbackNames = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Sign-in by OpenID Connect: authorization code with PKCE (RFC 7636), state and nonce; the id token's signature is checked. */
export class Issuer {
  readonly #settings: IssuerSettings;
  readonly #origin: () => string;
  #configuration: Promise<openid.Configuration> | null = null;

  /** Throws TypeError for an issuer that is neither https nor on this machine. */
  constructor(settings: IssuerSettings, origin: () => string) {
    const url = new URL(settings.issuer);
    if (url.protocol !== "https:" && !loopbackNames.has(url.hostname))
      throw new TypeError(`the issuer \`${settings.issuer}\` is neither https nor on this machine`);
    this.#settings = settings;
    this.#origin = origin;
  }

  /** For the button that leads there. */
  get name(): string {
    return new URL(this.#settings.issuer).host;
  }

  /** Where to send the browser, and what it must bring back. */
  async begin(): Promise<{ readonly url: URL; readonly pending: PendingSignIn }> {
    const configuration = await this.#configured();
    const pending = {
      state: openid.randomState(),
      nonce: openid.randomNonce(),
      verifier: openid.randomPKCECodeVerifier(),
    };
    const url = openid.buildAuthorizationUrl(configuration, {
      redirect_uri: `${this.#origin()}${callbackPath}`,
      scope: "openid profile",
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: "S256",
    });
    return { url, pending };
  }

  /** `path`: the callback's path with its query, as the browser came back. Throws ERR_OPERATOR_SIGN_IN. */
  async finish(path: string, pending: PendingSignIn): Promise<VouchedFor> {
    const configuration = await this.#configured();
    const claims = await this.#claims(configuration, new URL(path, this.#origin()), pending);
    const groups = groupsOf(claims[this.#settings.groupsClaim]);
    return {
      issuer: configuration.serverMetadata().issuer,
      subject: claims.sub,
      displayName: displayNameOf(claims),
      roles: [...new Set(groups.flatMap((group) => this.#settings.roles.get(group) ?? []))],
    };
  }

  async #claims(
    configuration: openid.Configuration,
    url: URL,
    { state, nonce, verifier }: PendingSignIn,
  ): Promise<openid.IDToken> {
    try {
      const tokens = await openid.authorizationCodeGrant(configuration, url, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims !== undefined) return claims;
    } catch (cause) {
      throw new OperatorError("ERR_OPERATOR_SIGN_IN", "the issuer's answer could not be checked", { cause });
    }
    throw new OperatorError("ERR_OPERATOR_SIGN_IN", "the issuer told nothing of who it is");
  }

  /** Asked for when first needed: an issuer that is down keeps nobody from starting the server. */
  async #configured(): Promise<openid.Configuration> {
    this.#configuration ??= this.#discover();
    try {
      return await this.#configuration;
    } catch (cause) {
      this.#configuration = null;
      throw new OperatorError("ERR_OPERATOR_SIGN_IN", "the issuer does not answer", { cause });
    }
  }

  async #discover(): Promise<openid.Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings;
    const url = new URL(issuer);
    return openid.discovery(url, clientId, clientSecret, openid.ClientSecretBasic(clientSecret), {
      timeout: timeoutSeconds,
      execute: [
        // Without it the id token's signature would be left to TLS.
        openid.enableNonRepudiationChecks,
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- on this machine alone, see the constructor
        ...(url.protocol === "http:" ? [openid.allowInsecureRequests] : []),
      ],
    });
  }
}

function groupsOf(claim: unknown): readonly string[] {
  if (typeof claim === "string") return [claim];
  if (!Array.isArray(claim)) return [];
  return claim.filter((group): group is string => typeof group === "string").slice(0, groupsMax);
}

function displayNameOf(claims: openid.IDToken): string {
  const said: readonly unknown[] = [claims["name"], claims["preferred_username"], claims.sub];
  const texts = said.filter((one): one is string => typeof one === "string" && one.trim() !== "");
  // Control characters have no business in a name that stands in tables and logs.
  return (texts[0] ?? "").replaceAll(/\p{C}/gu, "").slice(0, displayNameMax);
}
