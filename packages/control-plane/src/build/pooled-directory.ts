import type { AccountHashes, AccountSection, FuseLevel } from "@cordon/bundle";
import { OrdinalRegister } from "../ordinal-register.ts";
import type { BytesHasher, HashesOfBlock, MemberBits } from "./directory-share.ts";
import { idBlocks, type DirectoryBatch, type IdBlock, type PackedBatch } from "./id-block.ts";
import type { ListedIds } from "./listed-ids.ts";
import { InlineHolder, ThreadHolder, type ShareHolder } from "./share-holders.ts";

/** Smaller directories are hashed before a thread has started. */
const inlineAccountsMax = 200_000;
/** Blocks that wait for one thread: it never runs dry, and little memory waits with them. */
const blocksWaitingMax = 3;

interface DirectoryReading {
  readonly accounts: AsyncIterable<DirectoryBatch | PackedBatch>;
  readonly listed: ListedIds;
  readonly salt: number;
  /** Whether ordinals matter: then each must stand there once, below the number of accounts. */
  readonly needsOrdinals: boolean;
  readonly threads: number;
  /** Another hash, for small directories alone: so that collisions can be tried. */
  readonly hasherOf?: (salt: number) => BytesHasher;
}

/** A directory's accounts as hashes, shared out among threads where it is large. */
export class PooledDirectory {
  readonly #holders: ShareHolder[] = [];
  /** The ordinal of each listed id that is an account, one more than it is; else 0. */
  readonly foundOrdinals: Float64Array;
  accounts = 0;

  private constructor(listedIds: number) {
    this.foundOrdinals = new Float64Array(listedIds);
  }

  /** Reads a directory from its beginning. Throws an InputError for ids and ordinals that no directory has. */
  static async read(reading: DirectoryReading): Promise<PooledDirectory> {
    const directory = new PooledDirectory(reading.listed.ends.length);
    try {
      await directory.#read(reading);
      return directory;
    } catch (error) {
      await directory.close();
      throw error;
    }
  }

  async #read(reading: DirectoryReading): Promise<void> {
    const register = reading.needsOrdinals ? new OrdinalRegister() : null;
    let early: IdBlock[] = [];
    const waiting = new Map<ShareHolder, number>();
    const running = new Set<Promise<void>>();
    let failure: { readonly error: unknown } | null = null;
    const add = (holder: ShareHolder, block: IdBlock): void => {
      waiting.set(holder, (waiting.get(holder) ?? 0) + 1);
      const added = holder
        .ask<"add">({ name: "add", given: block }, [block.bytes.buffer, block.ends.buffer])
        .then(
          ({ listed, ordinals }) => {
            for (let i = 0; i < listed.length; i++) {
              this.foundOrdinals[listed[i] ?? 0] = (ordinals[i] ?? 0) + 1;
            }
          },
          (error: unknown) => {
            failure ??= { error };
          },
        )
        .then(() => {
          waiting.set(holder, (waiting.get(holder) ?? 1) - 1);
          running.delete(added);
        });
      running.add(added);
    };
    const check = (): void => {
      if (failure !== null) throw failure.error;
    };
    const addSomewhere = async (block: IdBlock): Promise<void> => {
      for (;;) {
        const holder = this.#holders.find((each) => (waiting.get(each) ?? 0) < blocksWaitingMax);
        if (holder !== undefined) {
          add(holder, block);
          return;
        }
        await Promise.race(running);
        check();
      }
    };

    for await (const block of idBlocks(reading.accounts)) {
      if (block.ordinals !== null) register?.add(block);
      this.accounts += block.ends.length;
      if (this.#holders.length > 0) {
        await addSomewhere(block);
        continue;
      }
      early.push(block);
      if (this.accounts <= inlineAccountsMax || reading.threads < 2) continue;
      await this.#begin(
        Array.from({ length: reading.threads }, () => new ThreadHolder()),
        reading,
      );
      for (const each of early) await addSomewhere(each);
      early = [];
    }
    if (this.#holders.length === 0) await this.#begin([new InlineHolder(reading.hasherOf)], reading);
    for (const block of early) await addSomewhere(block);
    await Promise.all(running);
    check();
    register?.end(this.accounts);
  }

  async #begin(holders: readonly ShareHolder[], { salt, listed }: DirectoryReading): Promise<void> {
    this.#holders.push(...holders);
    await Promise.all(
      holders.map((holder) => holder.ask<"begin">({ name: "begin", given: { salt, listed } })),
    );
  }

  /** Hashes of the members, or of all others, in the directory's order. */
  async select(members: MemberBits, areMembers: boolean): Promise<AccountHashes> {
    const given = { members, areMembers };
    return inOrder(
      await Promise.all(this.#holders.map((holder) => holder.ask<"select">({ name: "select", given }))),
    );
  }

  /** Those of the members, or of all others, that a cascade's level 1 lets pass, in the directory's order. */
  async passing(members: MemberBits, areMembers: boolean, level1: FuseLevel): Promise<AccountHashes> {
    const given = { members, areMembers, level1 };
    return inOrder(
      await Promise.all(this.#holders.map((holder) => holder.ask<"passing">({ name: "passing", given }))),
    );
  }

  async isExact(members: MemberBits, section: AccountSection, count: number): Promise<boolean> {
    const given = { members, section, count };
    const exact = this.#holders.map((holder) => holder.ask<"isExact">({ name: "isExact", given }));
    return (await Promise.all(exact)).every((each) => each);
  }

  /** One holder for work on no share: constructing. */
  get worker(): ShareHolder {
    const [first] = this.#holders;
    if (first === undefined) throw new Error("a directory without holders");
    return first;
  }

  async close(): Promise<void> {
    await Promise.all(this.#holders.map((holder) => holder.close()));
  }
}

function inOrder(answers: readonly (readonly HashesOfBlock[])[]): AccountHashes {
  const blocks = answers.flat().sort((a, b) => a.start - b.start);
  const count = blocks.reduce((sum, block) => sum + block.count, 0);
  const high = new Uint32Array(count);
  const low = new Uint32Array(count);
  let at = 0;
  for (const block of blocks) {
    high.set(block.high, at);
    low.set(block.low, at);
    at += block.count;
  }
  return { count, high, low };
}
