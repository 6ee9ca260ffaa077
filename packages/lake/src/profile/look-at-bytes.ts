/** What a file's first bytes say when they are no text. */
type BytesFinding = "text" | "parquet" | { readonly foreign: string };

const magics: readonly (readonly [string, string])[] = [
  ["1f8b", "packed with gzip: its name must end in .gz"],
  ["28b52ffd", "packed with Zstandard: its name must end in .zst"],
  ["425a68", "packed with bzip2: unpack it"],
  ["fd377a585a00", "packed with xz: unpack it"],
  ["504b0304", "a zip archive: unpack it"],
  ["fffe", "UTF-16: make it UTF-8"],
  ["feff", "UTF-16: make it UTF-8"],
  ["53514c69746520666f726d6174", "an SQLite database"],
  ["4f626a01", "an Avro file"],
];

/** How many bytes are looked at. */
const lookedAt = 64 * 1024;

export function lookAtBytes(bytes: Buffer): BytesFinding {
  if (bytes.length === 0) return { foreign: "empty" };
  if (bytes.subarray(0, 4).toString("latin1") === "PAR1") return "parquet";
  const begin = bytes.subarray(0, 16).toString("hex");
  for (const [magic, name] of magics) if (begin.startsWith(magic)) return { foreign: name };
  const looked = bytes.subarray(0, lookedAt);
  if (looked.includes(0)) return { foreign: "binary" };
  // A few bytes that are no UTF-8 spoil their lines alone.
  const text = looked.toString("utf8");
  const broken = text.split("\uFFFD").length - 1;
  return broken > 0.1 * text.length ? { foreign: "binary, or in an encoding that is not UTF-8" } : "text";
}
