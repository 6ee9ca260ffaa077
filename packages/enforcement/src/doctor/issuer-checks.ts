import { compactVerify, createLocalJWKSet, type JWK } from "jose";
import type { JsonObject } from "@cordon/model";
import { tokenAlgorithms } from "../token/jwt-reader.ts";
import { share, verdictOfShare, type Finding } from "./finding.ts";
import type { Issuer } from "./issuer.ts";
import type { TokenSample } from "./token-sample.ts";

/** So many signatures are checked; the first ones of the file. */
const signaturesMax = 2_000;

const byToken = ["reauthenticate", "change_password", "upgrade", "redownload", "refuse_client"] as const;

/** What the provider says of itself, and whether the tokens are its own. */
export async function issuerChecks(
  issuer: Issuer,
  samples: readonly TokenSample[],
): Promise<readonly Finding[]> {
  return [
    metadataFinding(issuer, samples),
    signInFinding(issuer),
    keysFinding(issuer),
    ...keysOfTokens(issuer, samples),
    ...(await signatures(issuer, samples)),
  ];
}

function metadataFinding(issuer: Issuer, samples: readonly TokenSample[]): Finding {
  const withIssuer = samples.filter(({ claims }) => typeof claims["iss"] === "string");
  const own = withIssuer.filter(({ claims }) => claims["iss"] === issuer.issuer);
  // OpenID Connect Discovery 1.0, section 4.3: both must be the same.
  const same = issuer.issuer?.replace(/\/+$/, "") === issuer.asked;
  const verdict = !same
    ? "fails"
    : own.length === withIssuer.length
      ? "works"
      : own.length === 0
        ? "fails"
        : "partly";
  return {
    check: "issuer",
    verdict,
    measures: byToken,
    text: same
      ? `${share(own.length, withIssuer.length)} tokens with \`iss\` name this issuer`
      : "the issuer calls itself otherwise than it was asked for, so its tokens are taken for another's",
    evidence: { tokens: withIssuer.length, own: own.length },
    change:
      verdict === "works"
        ? null
        : "give the issuer as its own discovery document writes it, and its own tokens",
  };
}

function signInFinding({ metadata }: Issuer): Finding {
  const claims = texts(metadata["claims_supported"]);
  const prompts = texts(metadata["prompt_values_supported"]);
  const says = claims.includes("auth_time");
  const login = prompts.includes("login");
  return {
    check: "issuer-sign-in",
    verdict: "works",
    measures: [],
    text:
      `discovery ${says ? "lists" : "does not list"} \`auth_time\` among its claims and ` +
      (prompts.length === 0
        ? "says nothing of `prompt`"
        : `${login ? "lists" : "does not list"} \`prompt=login\``) +
      "; `max_age` has no entry there (OIDC Core asks every provider for it)",
    evidence: { authTimeListed: Number(says), promptLoginListed: Number(login) },
    change: says
      ? null
      : "try it: a sign-in with `max_age=0` must ask for the password and bring a new `auth_time`",
  };
}

function keysFinding({ keys }: Issuer): Finding {
  const ids = keys.map(({ kid }) => kid).filter((kid) => typeof kid === "string");
  const secret = keys.filter(({ kty, d }) => kty === "oct" || d !== undefined).length;
  const good = keys.length > 0 && ids.length === keys.length && new Set(ids).size === ids.length;
  return {
    check: "issuer-keys",
    verdict: secret > 0 || keys.length === 0 ? "fails" : good ? "works" : "partly",
    measures: ["reauthenticate by key"],
    text:
      `${keys.length} keys in the JWKS, ${new Set(ids).size} distinct \`kid\`` +
      (secret === 0 ? "" : `; ${secret} of them are secret and lie open`),
    evidence: { keys: keys.length, kids: new Set(ids).size, secret },
    change:
      secret > 0
        ? "take private and symmetric keys out of the JWKS at once: whoever read them can sign tokens"
        : good
          ? null
          : "publish each key that signs, with a `kid` of its own",
  };
}

function keysOfTokens({ keys }: Issuer, samples: readonly TokenSample[]): readonly Finding[] {
  const known = new Set(keys.map(({ kid }) => kid));
  const named = samples.filter(({ keyId }) => keyId !== null);
  if (named.length === 0) return [];
  const found = named.filter(({ keyId }) => known.has(keyId));
  const verdict = verdictOfShare(found.length, named.length);
  return [
    {
      check: "key-in-jwks",
      verdict,
      measures: ["reauthenticate by key"],
      text: `${share(found.length, named.length)} tokens were signed by keys of the JWKS`,
      evidence: { tokens: named.length, found: found.length },
      change:
        verdict === "works"
          ? null
          : "keep a key in the JWKS as long as tokens of it live; old samples may name keys that have gone",
    },
  ];
}

async function signatures({ keys }: Issuer, samples: readonly TokenSample[]): Promise<readonly Finding[]> {
  const tokens = samples.flatMap(({ token }) => (token === null ? [] : [token])).slice(0, signaturesMax);
  if (tokens.length === 0) return [];
  const keySet = createLocalJWKSet({ keys: keys.map(publicKey) });
  let verified = 0;
  for (const token of tokens) {
    try {
      await compactVerify(token, keySet, { algorithms: [...tokenAlgorithms] });
      verified++;
    } catch {
      // Any reason is the same answer: this issuer's keys do not vouch for the token.
    }
  }
  const verdict = verdictOfShare(verified, tokens.length);
  return [
    {
      check: "signature",
      verdict,
      measures: byToken,
      text: `${share(verified, tokens.length)} signatures are by the JWKS (whether or not the token has expired)`,
      evidence: { tokens: tokens.length, verified },
      change:
        verdict === "works"
          ? null
          : "a gateway refuses the others: sign with a public-key algorithm, and publish the key",
    },
  ];
}

function publicKey({ kty, kid, alg, use, crv, x, y, n, e }: JsonObject): JWK {
  const parts = { kty, kid, alg, use, crv, x, y, n, e };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => typeof value === "string"));
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
