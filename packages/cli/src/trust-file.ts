import {
  documentBytesMax,
  readTrustRoot,
  TrustError,
  writeSignedDocument,
  type SignedDocument,
  type SignedTrustRoot,
} from "@cordon/bundle";
import { CliError, NoAnswer } from "./cli-error.ts";
import { readInputFile } from "./input-file.ts";

/** A trust root's file, whoever signed it. Throws a CliError that names the file when it is none. */
export async function readTrustFile(file: string): Promise<SignedTrustRoot> {
  const bytes = await readInputFile(file, documentBytesMax, "a trust root");
  return asNoDocument(file, "a trust root", () => readTrustRoot(bytes));
}

/** The bytes of a document. Throws a CliError for one that would be over its limit. */
export function documentBytes(file: string, document: SignedDocument): Uint8Array {
  return asNoDocument(file, "fewer keys or signatures", () => writeSignedDocument(document));
}

/** Runs a reader of `file`; bytes that are no such document are wrong input. */
export function asNoDocument<T>(file: string, expected: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    throw new CliError("ERR_CLI_FILE", `${file}: ${error.message}, expected ${expected}`, { cause: error });
  }
}

/** Runs a check of `file`; a document that is refused is the answer "no". */
export function asRefused<T>(file: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    throw new NoAnswer(`${file}: refused: ${error.message}`, { cause: error });
  }
}
