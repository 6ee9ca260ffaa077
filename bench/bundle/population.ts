/** A directory of random UUIDs as packed ids, and a uniformly random cohort of it; the same for the same seed. */
export interface Population {
  readonly accounts: number;
  readonly blocks: readonly Block[];
  /** Bit by bit, by ordinal. */
  readonly members: Uint8Array;
}

interface Block {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
  readonly ordinals: null;
}

const uuidBytes = 36;
const blockIds = 65_536;
const digits = new TextEncoder().encode("0123456789abcdef");
const hyphen = 45;

/** Numbers that look random. */
export function xorshift(seed: number): () => number {
  let state = Math.imul(seed, 0x9e37_79b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

export function populate(accounts: number, memberCount: number, seed: number): Population {
  const next = xorshift(seed);
  const blocks: Block[] = [];
  for (let start = 0; start < accounts; start += blockIds) {
    const count = Math.min(blockIds, accounts - start);
    // Memory that build threads see too: what is measured is the build, not copies of the directory.
    const bytes = new Uint8Array(new SharedArrayBuffer(count * uuidBytes));
    const ends = new Uint32Array(new SharedArrayBuffer(count * 4));
    for (let i = 0; i < count; i++) {
      writeUuid(bytes, i * uuidBytes, next);
      ends[i] = (i + 1) * uuidBytes;
    }
    blocks.push({ bytes, ends, ordinals: null });
  }
  const members = new Uint8Array(Math.ceil(accounts / 8));
  for (let drawn = 0; drawn < memberCount;) {
    const ordinal = Math.floor((next() / 2 ** 32) * accounts);
    if (isMember(members, ordinal)) continue;
    members[ordinal >>> 3] = (members[ordinal >>> 3] ?? 0) | (1 << (ordinal & 7));
    drawn++;
  }
  return { accounts, blocks, members };
}

function writeUuid(bytes: Uint8Array, at: number, next: () => number): void {
  let to = at;
  for (let word = 0; word < 4; word++) {
    let bits = next();
    for (let digit = 0; digit < 8; digit++) {
      bytes[to++] = digits[bits & 15] ?? 0;
      bits >>>= 4;
      if (to - at === 8 || to - at === 13 || to - at === 18 || to - at === 23) bytes[to++] = hyphen;
    }
  }
}

export function isMember(members: Uint8Array, ordinal: number): boolean {
  return ((members[ordinal >>> 3] ?? 0) & (1 << (ordinal & 7))) !== 0;
}

export function idOf({ blocks }: Population, ordinal: number): string {
  const bytes = blocks[Math.floor(ordinal / blockIds)]?.bytes;
  const at = (ordinal % blockIds) * uuidBytes;
  return Buffer.from(bytes?.slice(at, at + uuidBytes) ?? []).toString("latin1");
}
