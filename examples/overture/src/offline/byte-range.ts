/** Bytes [from, to) of a whole. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/**
 * What a `Range` header asks for (RFC 9110, 14.1.2): null without a header, for several ranges and for what can't be
 * read: the whole is answered then; "unsatisfiable": nothing of it lies inside.
 */
export function readByteRange(header: string | null, bytes: number): ByteRange | "unsatisfiable" | null {
  const match =
    header === null ? null : /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header.replaceAll(/[ \t]/g, ""));
  if (match === null) return null;
  const [, first = "", last = ""] = match;
  if (first === "") {
    if (last === "") return null;
    const length = Number(last);
    return length === 0 ? "unsatisfiable" : { from: Math.max(0, bytes - length), to: bytes };
  }
  const from = Number(first);
  const to = last === "" ? bytes : Math.min(Number(last) + 1, bytes);
  if (last !== "" && Number(last) < from) return null;
  return from >= bytes ? "unsatisfiable" : { from, to };
}
