import { bundleBytesMax, readLayout, signingInput } from "@cordon/bundle";
import type { Prepared, SignPrepared } from "@cordon/contract";
import { InputError } from "@cordon/model";
import { readBundlePublicKey, sha256, verifyEd25519 } from "../bundle-keys.ts";
import type { Caller } from "../caller.ts";
import { ControlPlaneError } from "../errors.ts";
import type { Plane } from "../plane.ts";
import { plansWaiting } from "../policy/wanted-plans.ts";
import { readPrepared } from "../queries/read-prepared.ts";
import { preparedStream } from "../record/streams.ts";
import { requireCallerRole } from "../require-caller-role.ts";
import { plain } from "../run-command.ts";
import { bundleTrust, keyIdOf } from "../trust/bundle-trust.ts";
import { preparedBytes, type PreparedBundle } from "../trust/prepared-bundle.ts";

/**
 * Records a signature over the bundle that waits for them, by an approver's own key; the publisher puts it in force once there are
 * enough. On record with the name of who brought it. Throws InputError for a key or signature that does not count.
 */
export async function signPrepared(plane: Plane, caller: Caller, body: SignPrepared): Promise<Prepared> {
  await requireCallerRole(plane, caller, ["approver"], "sign a bundle");
  await plane.deciding.run(async () => {
    await plane.record.catchUp();
    const prepared = plane.record.prepared();
    if (prepared?.contentSha256 !== body.sha256) {
      throw new ControlPlaneError(
        "ERR_PLANE_STALE",
        `\`${body.sha256}\` is not what waits for signatures now`,
        {
          hint: "read the prepared bundle again",
        },
      );
    }
    refuseAuthors(plane, caller.operator);
    if (isRecorded(prepared, caller.operator, body)) return;
    await requireSignature(plane, prepared, body);
    await plane.journal.append(preparedStream, plane.record.streamVersion(preparedStream), [
      {
        type: "bundle-signed",
        data: plain({
          by: caller.operator,
          contentSha256: body.sha256,
          keyId: body.keyId,
          signature: body.signature,
        }),
      },
    ]);
    await plane.record.catchUp();
  });
  plane.wake();
  return readPrepared(plane);
}

/** INVARIANT: nobody signs a bundle that does what they drafted, edited or asked for. */
function refuseAuthors(plane: Plane, operator: string): void {
  for (const { plan } of plansWaiting(plane.record)) {
    const authors = plan.asked?.authors ?? plan.authors;
    if (!authors.includes(operator)) continue;
    throw new ControlPlaneError(
      "ERR_PLANE_OWN_SIGNATURE",
      `\`${operator}\` had a hand in \`${plan.planId}\`, so somebody else must sign`,
    );
  }
}

/** True when it is there already. Throws when the person or the key has signed otherwise: two keys never make two people. */
function isRecorded({ signatures }: PreparedBundle, operator: string, body: SignPrepared): boolean {
  const theirs = signatures.find((one) => one.by === operator || one.keyId === body.keyId);
  if (theirs === undefined) return false;
  if (theirs.by === operator && theirs.keyId === body.keyId) return true;
  throw new ControlPlaneError(
    "ERR_PLANE_OWN_SIGNATURE",
    theirs.by === operator
      ? `\`${operator}\` has signed it with another key`
      : `\`${theirs.by}\` has signed it with this key`,
  );
}

async function requireSignature(plane: Plane, prepared: PreparedBundle, body: SignPrepared): Promise<void> {
  const root = await bundleTrust(plane.home);
  const publicKey = root?.bundleKeys.find((key) => keyIdOf(key) === body.keyId);
  if (publicKey === undefined)
    throw new InputError(
      ["keyId"],
      `\`${body.keyId}\` is no bundle key of the trust root`,
      "one of its keys",
    );
  if (keyIdOf(readBundlePublicKey(plane.bundleKeys.publicKeyPem)) === body.keyId)
    throw new InputError(["keyId"], "it is the control plane's own key", "an approver's own");
  const bytes = await preparedBytes(plane, prepared);
  if (bytes === null)
    throw new ControlPlaneError("ERR_PLANE_STALE", "the prepared bundle's bytes are lost: it is built anew");
  const message = signingInput(readLayout(bytes, bundleBytesMax).signedPart, sha256);
  if (verifyEd25519(publicKey, message, Buffer.from(body.signature, "base64"))) return;
  throw new InputError(["signature"], "it does not verify", "an Ed25519 signature over the prepared bundle");
}
