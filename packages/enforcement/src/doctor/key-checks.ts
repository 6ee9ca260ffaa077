import { share, verdictOfShare, type Finding } from "./finding.ts";
import type { TokenSample } from "./token-sample.ts";

const measures = ["reauthenticate by key"] as const;

/** Whether tokens say which key signed them. */
export function keyIdCheck(samples: readonly TokenSample[]): Finding {
  const withKey = samples.filter(({ keyId }) => keyId !== null);
  const keys = new Set(withKey.map(({ keyId }) => keyId));
  const wrapped = samples.filter(({ token }) => token !== null);
  // Decoded claims have no header to look into.
  const asked = wrapped.length === 0 && withKey.length === 0 ? 0 : samples.length;
  const verdict = verdictOfShare(withKey.length, asked);
  return {
    check: "key-id",
    verdict,
    measures,
    text:
      asked === 0
        ? "only claims were given, so nothing says which key signed them"
        : `${share(withKey.length, asked)} tokens name the key that signed them (${keys.size} keys)`,
    evidence: { tokens: asked, named: withKey.length, keys: keys.size },
    change:
      verdict === "works"
        ? null
        : verdict === "unknown"
          ? "give the tokens themselves"
          : "let the provider write `kid` into the header: without it a stolen key cannot be told from the new one",
  };
}
