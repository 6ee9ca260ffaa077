import { createPublicKey } from "node:crypto";

import type { DigestKey } from "./data-map.ts";
import type { DocumentReader } from "./document-reader.ts";

const keyFields = ["Fingerprint", "Value", "ValidityStartTime", "ValidityEndTime"];

/** `digest: { keys: […] }`, each key as `aws cloudtrail list-public-keys` prints it; without `keys` there are none. */
export function parseDigestKeys(digest: DocumentReader): readonly DigestKey[] {
  digest.mapping(["keys"]);
  if (!digest.has("keys")) return [];
  return digest
    .at("keys")
    .list("keys of CloudTrail")
    .map((key) => {
      key.mapping(keyFields);
      return {
        fingerprint: parseFingerprint(key.required("Fingerprint")),
        publicKeyDer: parsePublicKey(key.required("Value")),
      };
    });
}

function parseFingerprint(at: DocumentReader): string {
  const text = at.text();
  if (!/^(?:[0-9a-fA-F]{2})+$/.test(text)) throw at.wrong(`${at.shown} is no fingerprint`, "hex digits");
  return text.toLowerCase();
}

function parsePublicKey(at: DocumentReader): Uint8Array {
  const expected = "an RSA public key, PKCS#1 DER in base64";
  // Documents break long base64 over lines.
  const text = typeof at.value === "string" ? at.value.replaceAll(/\s/g, "") : "";
  const der = Buffer.from(text, "base64");
  if (text === "" || der.toString("base64") !== text) throw at.wrong(`${at.shown} is no base64`, expected);
  try {
    createPublicKey({ key: der, format: "der", type: "pkcs1" });
  } catch {
    throw at.wrong(`${at.shown} is no public key`, expected);
  }
  return der;
}
