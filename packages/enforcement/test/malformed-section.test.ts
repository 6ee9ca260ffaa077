import { encodeBundle, noOrdinals } from "@cordon/bundle";
import { expect, test } from "vitest";

import { signed, signedBundle } from "./signed-bundle.ts";
import { everybodyAgain, request, testPoint, until } from "./test-point.ts";

test("a bundle whose section is malformed is refused before it comes into force, whoever has signed it", async () => {
  const { server, key, point } = await testPoint();
  server.serve(signedBundle({ version: 1, rules: [everybodyAgain], keys: [key] }));
  const enforced = point();
  await enforced.start();
  await until(() => expect(server.listeners).toBe(1));
  const account = { kind: "fingerprints", bytes: Uint8Array.of(0xff, 0xff) } as const;
  const unsigned = encodeBundle(
    {
      policy: { version: 2, rules: [{ ...everybodyAgain, cohort: "listed" }] },
      asOfMs: 0,
      expiresAtMs: null,
      by: "account",
      accounts: 1000,
      salt: 0,
      cohorts: [{ name: "listed", members: 5, account, ordinal: noOrdinals }],
    },
    1 << 20,
  );
  server.serve(signed(unsigned, key));
  await until(() => expect(enforced.status().refusal).toBe("malformed"));
  expect(enforced.status().bundle?.version).toBe(1);
  expect(enforced.decide({ request: request(), claimed: null }).directives).toMatchObject([
    { rule: "reauth" },
  ]);
});
