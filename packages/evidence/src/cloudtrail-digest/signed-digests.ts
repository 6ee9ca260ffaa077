import type { KeyObject } from "node:crypto";

import type { DigestKey } from "../data-map.ts";
import { digestLimits } from "./digest-limits.ts";
import type { DigestFile } from "./digest-document.ts";
import { baseName, withoutCompression } from "./digest-name.ts";
import type { DigestProblems } from "./digest-problems.ts";
import { isSignatureOf, readDigestKey, type DigestSignature } from "./digest-signature.ts";

/**
 * Those of `documents` that bear a signature of one of the keys. A digest's signature stands in the digest after it, or lies beside one of
 * its `copies`; it counts wherever it was found, for it vouches for itself.
 */
export function signedDigests(
  documents: readonly DigestFile[],
  copies: readonly DigestFile[],
  { signatures, keys }: { signatures: readonly DigestSignature[]; keys: readonly DigestKey[] },
  problems: DigestProblems,
): ReadonlySet<DigestFile> {
  const keysOf = groupKeys(keys, problems);
  const beside = signaturesBeside(copies, signatures, problems);
  const following = groupBy(documents, ({ document: { previous } }) =>
    previous === null ? null : `${previous.bucket}/${previous.object}`,
  );
  const signed = new Set<DigestFile>();
  for (const digest of documents) {
    const { document, name, sha256 } = digest;
    const shown = `digest \`${baseName(document.object)}\``;
    const trusted = keysOf.get(document.fingerprint) ?? [];
    if (trusted.length === 0) {
      problems.add(`${shown} names the key ${document.fingerprint}, which the data map does not hold`, name);
      continue;
    }
    if (document.signatureAlgorithm !== "SHA256withRSA") {
      problems.add(`${shown} is not signed by SHA256withRSA`, name);
      continue;
    }
    const own = beside.get(sha256) ?? [];
    const next = (following.get(`${document.bucket}/${document.object}`) ?? []).flatMap((after) =>
      after.document.previous === null ? [] : [after.document.previous],
    );
    // First those that speak of these very bytes, so that strays cannot crowd them out.
    next.sort((a, b) => Number(b.sha256 === sha256) - Number(a.sha256 === sha256));
    const candidates = [...new Set([...own, ...next.map(({ signature }) => signature)])];
    const fits = (signature: string): boolean => trusted.some((key) => isSignatureOf(digest, signature, key));
    const fitting = candidates.slice(0, digestLimits.signaturesTried).find(fits);
    if (fitting !== undefined) {
      signed.add(digest);
      if (own.length > 0 && !own.includes(fitting)) {
        problems.add(`what lies beside ${shown} is not its signature`, name);
      }
    } else if (candidates.length === 0) {
      problems.add(`${shown} has no signature, neither in a digest after it nor beside it`, name);
    } else problems.add(`${shown} is not what was signed`, name);
  }
  return signed;
}

/** The signatures that lie beside a document, by the document's SHA-256. */
function signaturesBeside(
  copies: readonly DigestFile[],
  signatures: readonly DigestSignature[],
  problems: DigestProblems,
): Map<string, string[]> {
  const copiesOf = groupBy(copies, ({ name }) => withoutCompression(name));
  const beside = new Map<string, string[]>();
  for (const { digest, signature } of signatures) {
    const signedCopies = copiesOf.get(digest) ?? [];
    if (signedCopies.length === 0) {
      problems.add(`the digest of the signature \`${baseName(digest)}\` is missing or malformed`, digest);
    }
    if (signature === null) continue;
    for (const { sha256 } of signedCopies) beside.set(sha256, [...(beside.get(sha256) ?? []), signature]);
  }
  return beside;
}

function groupKeys(keys: readonly DigestKey[], problems: DigestProblems): Map<string, KeyObject[]> {
  const keysOf = new Map<string, KeyObject[]>();
  for (const key of keys) {
    const fingerprint = key.fingerprint.toLowerCase();
    const readable = readDigestKey(key);
    if (readable === null) problems.add(`the key ${fingerprint} of the data map is no RSA public key`);
    else keysOf.set(fingerprint, [...(keysOf.get(fingerprint) ?? []), readable]);
  }
  return keysOf;
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string | null): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
