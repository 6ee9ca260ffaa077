import { generateKeyPairSync, sign, verify } from "node:crypto";

import type { ContenderStart } from "./contender.ts";

const tokens = 64;

/** What a service does on every request before it asks the gate: it verifies the token's signature. */
export const startEs256: ContenderStart = ({ requests }) => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const header = Buffer.from('{"alg":"ES256","typ":"at+jwt","kid":"k-2014-05"}').toString("base64url");
  const signed = requests.slice(0, tokens).map(({ account, authTimeMs }) => {
    const claims = {
      iss: "https://overture.example",
      sub: account,
      auth_time: authTimeMs,
      scope: "play offline",
    };
    const data = Buffer.from(`${header}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}`);
    return { data, signature: sign("sha256", data, { key: privateKey, dsaEncoding: "ieee-p1363" }) };
  });
  const key = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
  return {
    answers: "none",
    ask: (index) => {
      const token = signed[index % tokens];
      if (token === undefined || !verify("sha256", token.data, key, token.signature)) {
        throw new Error("a token that does not verify");
      }
      return 1;
    },
  };
};
