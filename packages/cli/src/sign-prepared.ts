import { createPublicKey, sign } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { bundleBytesMax, inspectBundle, readLayout, signingInput } from "@cordon/bundle";
import type { Plan, PreparedBundle } from "@cordon/contract";
import { parsePolicy } from "@cordon/gate";
import type { CordonClient } from "@cordon/sdk";
import { CliError } from "./cli-error.ts";

const pollMs = 250;

/** The prepared bundle that does what the plan waits for; null when none is there after `waitMs`. */
export async function awaitPrepared(
  client: CordonClient,
  { id }: Plan,
  waitMs: number,
): Promise<PreparedBundle | null> {
  const untilMs = Date.now() + waitMs;
  for (;;) {
    const { prepared } = await client.readPrepared();
    const isIn =
      prepared !== null && [...prepared.plans, ...prepared.lifted].some((one) => one.planId === id);
    if (isIn) return prepared;
    if (Date.now() >= untilMs) return null;
    await sleep(pollMs);
  }
}

/**
 * Signs what was shown, and nothing else: the bytes are fetched, opened and compared with it before the key is used. Throws a
 * CliError when they are not the same.
 */
export async function signShown(
  client: CordonClient,
  shown: PreparedBundle,
  privateKeyPem: string,
): Promise<void> {
  const { readBundlePrivateKey, readBundlePublicKey, sha256 } = await import("@cordon/control-plane");
  const bytes = await client.readPreparedBundle();
  const { signedPart } = readLayout(bytes, bundleBytesMax);
  const digest = Buffer.from(sha256(signedPart)).toString("hex");
  const bundle = inspectBundle(bytes, { bundleBytesMax });
  bundle.prepare();
  const rules = parsePolicy(bundle.policy, bundle.sets.keys()).rules.map(
    ({ id, measure }) => `${id} ${measure}`,
  );
  const told = shown.rules.map(({ id, measure }) => `${id} ${measure}`);
  const isShown =
    digest === shown.sha256 && bundle.version === shown.version && rules.join("\n") === told.join("\n");
  const membersDiffer = [...bundle.sets].some(([name, { members }]) => {
    const shownMembers = shown.cohorts[name.replace(/^of-/, "")];
    return shownMembers !== undefined && shownMembers !== members;
  });
  if (!isShown || membersDiffer)
    throw new CliError("ERR_CLI_FILE", "the prepared bundle is not what was shown, expected the same bytes");
  const key = readBundlePrivateKey(privateKeyPem);
  const publicKey = readBundlePublicKey(String(createPublicKey(key).export({ type: "spki", format: "pem" })));
  await client.signPrepared({
    sha256: digest,
    keyId: Buffer.from(sha256(publicKey)).toString("hex"),
    signature: sign(null, signingInput(signedPart, sha256), key).toString("base64"),
  });
}
