import { createCipheriv, createDecipheriv, createHash } from "node:crypto";

/** `n`, the notice's number, `-`, and one AES block in base 16. */
const tokenForm = /^n(\d{1,9})-([0-9a-f]{32})$/;
/** Of the block's 16 bytes the first four are the ordinal; these must be as they were, so that nobody can make a token up. */
const blockBytes = 16;
const ordinalBytes = 4;

export type ReturnTokens = {
  readonly make: (noticeNo: number, ordinal: number) => string;
  /** Null for a token that was not made with this salt. */
  readonly read: (token: string) => number | null;
};

/**
 * A token that stands in a return path or a provider's tag and tells whoever has the notice's salt whom a bounce is about. It is one
 * AES-128 block over (ordinal, 0 … 0, notice): the same for the same message, and to others it says nothing but the notice's number.
 */
export function createReturnTokens(salt: Uint8Array): ReturnTokens {
  const key = createHash("sha256").update("cordon return token\n").update(salt).digest().subarray(0, 16);
  const plain = (noticeNo: number, ordinal: number): Buffer => {
    const block = Buffer.alloc(blockBytes);
    block.writeUInt32BE(ordinal, 0);
    block.writeUInt32BE(noticeNo, blockBytes - 4);
    return block;
  };
  return {
    make(noticeNo, ordinal) {
      // One block that never repeats: ECB is a plain permutation here.
      const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
      return `n${noticeNo}-${cipher.update(plain(noticeNo, ordinal)).toString("hex")}`;
    },
    read(token) {
      const noticeNo = noticeOfToken(token);
      const [, , hex = ""] = tokenForm.exec(token) ?? [];
      if (noticeNo === null) return null;
      const decipher = createDecipheriv("aes-128-ecb", key, null).setAutoPadding(false);
      const block = decipher.update(Buffer.from(hex, "hex"));
      const ordinal = block.readUInt32BE(0);
      return block.subarray(ordinalBytes).equals(plain(noticeNo, ordinal).subarray(ordinalBytes))
        ? ordinal
        : null;
    },
  };
}

/** Which notice a token speaks of; null for something else. */
export function noticeOfToken(token: string): number | null {
  const [, notice] = tokenForm.exec(token) ?? [];
  return notice === undefined ? null : Number(notice);
}

/** The token in a return path `local+TOKEN@domain`; null when there is none. */
export function tokenOfReturnPath(address: string): string | null {
  const token = address.slice(address.indexOf("+") + 1, address.lastIndexOf("@"));
  return tokenForm.test(token) ? token : null;
}
