import type { Audience } from "../facts/notice-facts.ts";
import type { DeliveryState } from "./delivery-state.ts";

/** People of a block: small enough that PostgreSQL keeps it inline, large enough that its header weighs nothing. */
export const peoplePerBlock = 512;
const cellBytes = 2;
const blockBytes = peoplePerBlock * cellBytes;
/** Statement sets of one mailing: their number is one byte, and 0 says that nothing was rendered yet. */
export const statementSetsMax = 255;

// On disk: never change a number. A low byte of 0 says that the mailing does not plan this person.
const stateCodes: { readonly [State in DeliveryState]: number } = {
  planned: 1,
  leased: 2,
  handed_over: 3,
  confirmed: 4,
  bounced: 5,
  failed: 6,
  unknown: 7,
};
const audienceCodes: { readonly [Who in Audience]: number } = { affected: 1, general: 2 };

const stateOf = inverse(stateCodes);
const audienceOf = inverse(audienceCodes);
const stateMask = 7;
const audienceShift = 3;

/** What a block amounts to, kept beside it so that a count of forty million reads no states. */
type BlockSummary = {
  readonly open: number;
  readonly affectedOpen: number;
  /** Low byte, number of people, low byte, number of people … */
  readonly tally: readonly number[];
};

/** The fate of 512 people in 1,024 bytes. */
export class PackedBlock {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer = Buffer.alloc(blockBytes)) {
    this.#bytes = bytes;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Null for somebody whom the mailing does not plan. */
  state(index: number): DeliveryState | null {
    return stateOf[this.#low(index) & stateMask] ?? null;
  }

  audience(index: number): Audience | null {
    return audienceOf[this.#low(index) >> audienceShift] ?? null;
  }

  /** 0 while nothing was rendered. */
  statementSet(index: number): number {
    return this.#bytes[index * cellBytes + 1] ?? 0;
  }

  plan(index: number, audience: Audience): void {
    this.#bytes[index * cellBytes] = (audienceCodes[audience] << audienceShift) | stateCodes.planned;
    this.#bytes[index * cellBytes + 1] = 0;
  }

  setState(index: number, state: DeliveryState): void {
    this.#bytes[index * cellBytes] = (this.#low(index) & ~stateMask) | stateCodes[state];
  }

  setStatementSet(index: number, set: number): void {
    this.#bytes[index * cellBytes + 1] = set;
  }

  /** The two bytes of one person, to put them over another version of the block. */
  cell(index: number): number {
    return this.#bytes.readUInt16LE(index * cellBytes);
  }

  setCell(index: number, cell: number): void {
    this.#bytes.writeUInt16LE(cell, index * cellBytes);
  }

  summary(): BlockSummary {
    const people = new Uint16Array(256);
    for (let at = 0; at < blockBytes; at += cellBytes) {
      const low = this.#bytes[at] ?? 0;
      people[low] = (people[low] ?? 0) + 1;
    }
    const tally: number[] = [];
    let open = 0;
    let affectedOpen = 0;
    people.forEach((count, low) => {
      if (count === 0 || low === 0) return;
      tally.push(low, count);
      const { audience, state } = readLow(low);
      if (state !== "planned" && state !== "leased") return;
      open += count;
      if (audience === "affected") affectedOpen += count;
    });
    return { open, affectedOpen, tally };
  }

  #low(index: number): number {
    return this.#bytes[index * cellBytes] ?? 0;
  }
}

/** Throws TypeError for a byte that no version of Cordon wrote. */
export function readLow(low: number): { readonly audience: Audience; readonly state: DeliveryState } {
  const state = stateOf[low & stateMask];
  const audience = audienceOf[low >> audienceShift];
  if (state === undefined || audience === undefined)
    throw new TypeError(`a ledger byte \`${low}\` without a meaning`);
  return { audience, state };
}

function inverse<Name extends string>(codes: { readonly [name in Name]: number }): readonly (
  Name | undefined
)[] {
  const names: (Name | undefined)[] = [];
  for (const name of Object.keys(codes) as Name[]) names[codes[name]] = name;
  return names;
}
