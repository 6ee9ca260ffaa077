import { readFileSync } from "node:fs";
import { createPrivateKey } from "node:crypto";

/** A file of vectors/journal, to be typed by whoever reads it. */
export function vectors(name: string): unknown {
  return vectorFile(`journal/${name}`);
}

/** A file of vectors/public: what other implementations have published. */
export function publicVectors(name: string): unknown {
  return vectorFile(`public/${name}`);
}

function vectorFile(name: string): unknown {
  const file = new URL(`../../../vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8"));
}

export function privateKeyPem(seedHex: string): string {
  const der = Buffer.from(`302e020100300506032b657004220420${seedHex}`, "hex");
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" })
    .export({ format: "pem", type: "pkcs8" })
    .toString();
}

export const base64 = (text: string): Uint8Array => Buffer.from(text, "base64");
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
