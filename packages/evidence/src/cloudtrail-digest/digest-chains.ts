import type { DigestFile } from "./digest-document.ts";

/** The digests of one trail for one account and region, signed or not: an unsigned one still shows that the chain is there. */
export interface DigestChain {
  readonly account: string;
  readonly region: string;
  readonly trail: string;
  readonly digests: readonly DigestFile[];
}

/** Which digest a digest names as the one before it, bytes and all. */
export class DigestPlaces {
  readonly #exact = new Map<string, DigestFile>();
  readonly #places = new Set<string>();

  constructor(digests: readonly DigestFile[]) {
    for (const digest of digests) {
      const { bucket, object } = digest.document;
      this.#exact.set(`${bucket}/${object} ${digest.sha256}`, digest);
      this.#places.add(`${bucket}/${object}`);
    }
  }

  before({ document: { previous } }: DigestFile): DigestFile | null {
    if (previous === null) return null;
    return this.#exact.get(`${previous.bucket}/${previous.object} ${previous.sha256}`) ?? null;
  }

  /** True when some bytes claim the place of the digest before, be they the right ones or not. */
  isTakenBefore({ document: { previous } }: DigestFile): boolean {
    return previous !== null && this.#places.has(`${previous.bucket}/${previous.object}`);
  }
}

/** A chain keeps its name; where its bucket or folder changes, the signed link from one digest to the next holds it together. */
export function digestChains(
  digests: readonly DigestFile[],
  signed: ReadonlySet<DigestFile>,
  places: DigestPlaces,
): DigestChain[] {
  const parents = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent;
    return root;
  };
  for (const digest of digests) {
    const before = places.before(digest);
    if (before === null || !signed.has(digest) || !signed.has(before)) continue;
    const [root, rootBefore] = [rootOf(chainName(digest)), rootOf(chainName(before))];
    if (root !== rootBefore) parents.set(root, rootBefore);
  }
  const chains = new Map<string, DigestFile[]>();
  for (const digest of digests) {
    const root = rootOf(chainName(digest));
    const chain = chains.get(root);
    if (chain === undefined) chains.set(root, [digest]);
    else chain.push(digest);
  }
  return [...chains.values()].flatMap((chain) => {
    const [first] = chain;
    if (first === undefined) return [];
    const { account, region, trail } = first.document.named;
    return [{ account, region, trail, digests: chain }];
  });
}

function chainName({ document: { bucket, named } }: DigestFile): string {
  return `${bucket}/${named.series}`;
}
