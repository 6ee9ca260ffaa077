import type { RecordedEvent } from "@cordon/journal-postgres";
import type { BundlePutInForce } from "@cordon/response";
import type { PreparedBundle } from "../trust/prepared-bundle.ts";

/** What the journal holds of a prepared bundle. */
interface BundlePrepared {
  readonly bundle: BundlePutInForce;
  readonly contentSha256: string;
  readonly wanted: string;
}

interface BundleSigned {
  readonly by: string;
  readonly contentSha256: string;
  readonly keyId: string;
  readonly signature: string;
}

/** The prepared bundle after an event of its stream. A signature of another bundle than the newest changes nothing. */
export function afterEvent(prepared: PreparedBundle | null, recorded: RecordedEvent): PreparedBundle | null {
  // The journal gives back what this package appended.
  const data: unknown = recorded.data;
  if (data === null) return prepared;
  switch (recorded.type) {
    case "bundle-prepared": {
      const { bundle, contentSha256, wanted } = data as BundlePrepared;
      return { data: bundle, contentSha256, wanted, atMs: recorded.atMs, signatures: [] };
    }
    case "bundle-signed": {
      const { by, contentSha256, keyId, signature: value } = data as BundleSigned;
      if (prepared?.contentSha256 !== contentSha256) return prepared;
      const signed = { by, atMs: recorded.atMs, keyId, value };
      return { ...prepared, signatures: [...prepared.signatures, signed] };
    }
    default:
      return prepared;
  }
}
