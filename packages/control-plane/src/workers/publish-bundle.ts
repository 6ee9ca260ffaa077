import { createHash } from "node:crypto";
import { JournalError } from "@cordon/journal-postgres";
import type { BundlePutInForce } from "@cordon/response";
import { buildNextBundle } from "../build/next-bundle.ts";
import type { Plane } from "../plane.ts";
import { plansWaiting, wantedText } from "../policy/wanted-plans.ts";
import { bundleStream } from "../record/streams.ts";
import { plain } from "../run-command.ts";
import { bundleTrust, isSignedEnough } from "../trust/bundle-trust.ts";
import { prepareBundle, preparedIfSigned } from "../trust/prepared-bundle.ts";

/** Whether the bundle that the journal names last is not the one whose bytes have their name here. */
function servesAnother(plane: Plane): boolean {
  const last = plane.record.bundle();
  return last !== null && plane.bundles.namedVersion !== last.version;
}

/** Whether there is something to publish, as far as the record has been read. */
export function needsBundle(plane: Plane): boolean {
  return plansWaiting(plane.record).length > 0 || servesAnother(plane);
}

/**
 * Puts the next bundle in force when a plan waits for it, or when the last one's bytes were lost. Where the trust root asks for
 * signatures that this server can't make, the bundle is prepared and waits for them. Can be cut short at any moment: until
 * the journal has the bundle nothing has happened, and from then on the next run finishes it. Resolves to whether there may be
 * more to do.
 */
export async function publishBundle(plane: Plane): Promise<boolean> {
  await plane.record.catchUp();
  const last = plane.record.bundle();
  const bytesLost = servesAnother(plane) && !(await plane.bundles.recover(last));
  if (plansWaiting(plane.record).length === 0 && !bytesLost) return false;

  const trust = await bundleTrust(plane.home);
  const prepared = plane.record.prepared();
  if (trust !== null && prepared !== null && isStillNext(plane, bytesLost)) {
    const signed = await preparedIfSigned(plane, prepared, trust);
    if (signed === "waits") return false;
    if (signed !== "lost") {
      const sha256 = createHash("sha256").update(signed).digest("hex");
      return putInForce(plane, signed, { ...prepared.data, sha256 });
    }
  }
  const wanted = wantedText(plane.record);
  const { bytes, data } = await buildNextBundle(plane);
  if (trust !== null && !isSignedEnough(bytes, trust)) {
    await prepareBundle(plane, { bytes, data, wanted });
    return false;
  }
  return putInForce(plane, bytes, data);
}

/** Whether the bundle that was prepared is of what is approved now, and of the version that comes next. */
function isStillNext(plane: Plane, bytesLost: boolean): boolean {
  const prepared = plane.record.prepared();
  if (prepared === null || bytesLost) return false;
  const version = plane.record.streamVersion(bundleStream) + 1;
  return prepared.data.version === version && prepared.wanted === wantedText(plane.record);
}

/** `built.sha256` is that of the bytes. */
async function putInForce(plane: Plane, bytes: Uint8Array, built: BundlePutInForce): Promise<boolean> {
  const { version, sha256 } = built;
  await plane.bundles.stage(version, bytes, sha256);
  // INVARIANT: a version is in force with one digest only; the journal takes the first and refuses the second.
  const data: BundlePutInForce = { ...built, bytes: bytes.length };
  try {
    await plane.journal.append(bundleStream, version - 1, [{ type: "bundle-in-force", data: plain(data) }]);
  } catch (error) {
    // Another control plane was first: its bundle is the one, and what is left to do is looked at again.
    if (error instanceof JournalError && error.code === "ERR_JOURNAL_CONFLICT") return true;
    throw error;
  }
  // Only a recorded bundle is served.
  await plane.bundles.putInForce(version, sha256, bytes);
  await plane.record.catchUp();
  return true;
}
