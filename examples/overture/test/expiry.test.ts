import { expect, test } from "vitest";

import { AccessTokenVerifier } from "../src/identity/access-token.ts";
import { newSigningKeys, parseSigningKeys } from "../src/identity/signing-keys.ts";
import { mintAccessToken } from "../src/identity/token-claims.ts";

const keys = parseSigningKeys(newSigningKeys());
const issuer = "https://overture.example";
const token = mintAccessToken(keys, {
  issuer,
  accountId: "ada",
  clientId: "overture-ios",
  installationId: "phone",
  authTimeMs: 1_400_000_000_123,
  passwordSetAtMs: 1_300_000_000_456,
  issuedAtMs: 1_400_000_000_000,
  expiresAtMs: 1_400_000_600_000,
  scope: "play",
});

test("a token that is remembered expires all the same", () => {
  const verifier = new AccessTokenVerifier({ keys, issuer, cachedMax: 10 });
  expect(verifier.verify(token, 1_400_000_599_999)).toMatchObject({
    accountId: "ada",
    authTimeMs: 1_400_000_000_123,
    passwordSetAtMs: 1_300_000_000_456,
  });
  expect(verifier.verify(token, 1_400_000_600_000)).toBeNull();
  expect(verifier.verify(token, 1_400_000_600_000)).toBeNull();
});

test("a token of another issuer or by another key is none", () => {
  expect(
    new AccessTokenVerifier({ keys, issuer: "https://other", cachedMax: 10 }).verify(token, 0),
  ).toBeNull();
  const others = parseSigningKeys(newSigningKeys());
  expect(new AccessTokenVerifier({ keys: others, issuer, cachedMax: 10 }).verify(token, 0)).toBeNull();
});
