import { drawUnit, streamKey } from "../../population/random.ts";

/** What one person brings when they are asked to sign in again: pure functions of the seed. */
export interface Memory {
  /** Types it wrong so many times before it is right. */
  readonly typingErrors: number;
  readonly knowsPassword: boolean;
  /** Whether mail to the account's address still reaches them. */
  readonly readsMail: boolean;
  /** Reads the first link too late, and has to ask for another. */
  readonly readsLate: boolean;
  readonly keptCode: boolean;
  /** Can tell support something that only they know. */
  readonly convincesSupport: boolean;
}

const shares = {
  forgotten: 0.15,
  /** Of all; who reads no mail and knows the password needs none. */
  deadAddress: 0.04,
  readsLate: 0.1,
  keptCode: 0.5,
  convinces: 0.6,
} as const;

/** Shares of people by how often they type it wrong; the rest types it right. */
const errors = [
  [0.01, 12],
  [0.04, 3],
  [0.2, 1],
] as const;

export function memoryOf(seed: number, index: number): Memory {
  const draw = (name: string) => drawUnit(streamKey(seed, `come back/${name}`), index);
  let left = draw("typing errors");
  let typingErrors = 0;
  for (const [share, times] of errors) {
    if (left < share) {
      typingErrors = times;
      break;
    }
    left -= share;
  }
  return {
    typingErrors,
    knowsPassword: draw("forgotten") >= shares.forgotten,
    readsMail: draw("dead address") >= shares.deadAddress,
    readsLate: draw("reads late") < shares.readsLate,
    keptCode: draw("kept code") < shares.keptCode,
    convincesSupport: draw("convinces") < shares.convinces,
  };
}
