import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { JsonWebKey, KeyObject } from "node:crypto";

import { isJsonObject } from "@cordon/model";

import { OvertureError } from "../errors.ts";

/** A private JSON Web Key (RFC 7517) for ES256. */
export interface SigningJwk extends JsonWebKey {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly kid: string;
  readonly alg: "ES256";
  readonly use: "sig";
}

/** The keys that sign access tokens. The first signs; the others only verify tokens that are still about. */
export interface SigningKeys {
  readonly jwks: readonly [SigningJwk, ...SigningJwk[]];
  readonly current: { readonly kid: string; readonly privateKey: KeyObject };
  readonly publicKeys: ReadonlyMap<string, KeyObject>;
}

export function newSigningKeys(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = {
    ...privateKey.export({ format: "jwk" }),
    kid: randomBytes(8).toString("base64url"),
    alg: "ES256",
    use: "sig",
  };
  return JSON.stringify({ keys: [key] });
}

/** Throws an OvertureError unless `text` is a JWK Set of at least one private ES256 key, each with its own `kid`. */
export function parseSigningKeys(text: string): SigningKeys {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new OvertureError("ERR_OVERTURE_HOME", "the signing keys are no JSON", { cause: error });
  }
  const list: unknown = isJsonObject(value) ? value["keys"] : undefined;
  const jwks = Array.isArray(list) ? list.filter(isSigningJwk) : [];
  const [first, ...rest] = jwks;
  if (first === undefined || !Array.isArray(list) || jwks.length !== list.length) {
    throw new OvertureError("ERR_OVERTURE_HOME", "the signing keys are no JWK Set of private ES256 keys");
  }
  const publicKeys = new Map(jwks.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: "jwk" })]));
  return {
    jwks: [first, ...rest],
    current: { kid: first.kid, privateKey: createPrivateKey({ key: first, format: "jwk" }) },
    publicKeys,
  };
}

function isSigningJwk(value: unknown): value is SigningJwk {
  return (
    isJsonObject(value) &&
    value["kty"] === "EC" &&
    value["crv"] === "P-256" &&
    value["alg"] === "ES256" &&
    typeof value["kid"] === "string" &&
    typeof value["d"] === "string"
  );
}

/** A compact JWS (RFC 7515) over `payload` by the current signing key. */
export function signJwt(keys: SigningKeys, type: string, payload: object): string {
  const header = { alg: "ES256", typ: type, kid: keys.current.kid };
  const input = `${encode(header)}.${encode(payload)}`;
  const signature = sign("sha256", Buffer.from(input), {
    key: keys.current.privateKey,
    dsaEncoding: "ieee-p1363",
  });
  return `${input}.${signature.toString("base64url")}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
