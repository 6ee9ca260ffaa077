import { decodeBundle } from "../entry-bundle.ts";
import { TransparencyError } from "../errors.ts";
import { GrowingTree } from "../growing-tree.ts";
import { parseEntry } from "../journal-entry.ts";
import { hashLeaf, sameBytes } from "../merkle-hash.ts";
import { tilePath, tileWidth, widthOfTile } from "../tile-path.ts";

/**
 * Where an archive holds the log's entry bundles: they are all of the log, and every entry of the incident is in the archive.
 * null where it holds none. Throws ERR_EXPORT_MALFORMED and what the parts throw.
 */
export function checkBundles(
  byName: ReadonlyMap<string, Uint8Array>,
  given: {
    readonly checkpoint: { readonly size: number; readonly root: Uint8Array };
    readonly incident: string;
    readonly seqs: ReadonlySet<number>;
  },
): true | null {
  const { checkpoint, incident, seqs } = given;
  const held = [...byName.keys()].filter((name) => name.startsWith("tile/"));
  if (held.length === 0) return null;
  const tree = new GrowingTree();
  for (let index = 0; index * tileWidth < checkpoint.size; index++) {
    const width = widthOfTile(0, index, checkpoint.size);
    const name = tilePath("entries", index, width);
    const bytes = byName.get(name);
    if (bytes === undefined) throw malformed(`\`${name}\` is missing`);
    for (const entry of decodeBundle(bytes, width)) {
      const { seq, stream } = parseEntry(entry);
      if (seq !== tree.size) throw malformed(`entry ${tree.size} of the log says that it is entry ${seq}`);
      if (stream === incident && !seqs.has(seq))
        throw malformed(`entry ${seq} of \`${incident}\` is left out`);
      tree.append(hashLeaf(entry));
    }
  }
  if (held.length !== Math.ceil(checkpoint.size / tileWidth))
    throw malformed("bundles that the log does not have");
  if (!sameBytes(tree.root(), checkpoint.root))
    throw malformed("the bundles do not lead to the checkpoint's root");
  return true;
}

function malformed(what: string): TransparencyError {
  return new TransparencyError("ERR_EXPORT_MALFORMED", what);
}
