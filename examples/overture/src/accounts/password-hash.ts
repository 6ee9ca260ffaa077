import { argon2, argon2Sync, randomBytes, timingSafeEqual } from "node:crypto";

/** Cost of argon2id (RFC 9106): memory in KiB, and passes over it. */
export interface PasswordCost {
  readonly memoryKiB: number;
  readonly passes: number;
}

/** The smallest cost that argon2id allows, for drills with made-up passwords: 40,000 people sign in again on two cores. */
export const drillPasswordCost: PasswordCost = { memoryKiB: 8, passes: 1 };
/** RFC 9106, section 4, second recommended option is 64 MiB and 3 passes; this is OWASP's floor for a small machine. */
export const servicePasswordCost: PasswordCost = { memoryKiB: 19_456, passes: 2 };

const tagBytes = 32;
const saltBytes = 16;
/** Up to here hashing takes less time than handing it to another thread. */
const inlineMemoryKiBMax = 64;

function parameters(password: string, nonce: Buffer, cost: PasswordCost) {
  return {
    message: password,
    nonce,
    parallelism: 1,
    tagLength: tagBytes,
    memory: cost.memoryKiB,
    passes: cost.passes,
  };
}

function format(cost: PasswordCost, salt: Buffer, tag: Buffer): string {
  const base64 = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");
  return `$argon2id$v=19$m=${cost.memoryKiB},t=${cost.passes},p=1$${base64(salt)}$${base64(tag)}`;
}

/** The password's hash in the PHC string format, with a salt of its own. */
export function hashPassword(password: string, cost: PasswordCost): string {
  const salt = randomBytes(saltBytes);
  return format(cost, salt, argon2Sync("argon2id", parameters(password, salt, cost)));
}

const phc = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=1\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** False also for a text that is no hash of ours. */
export async function passwordMatches(password: string, hash: string): Promise<boolean> {
  const match = phc.exec(hash);
  if (match === null) return false;
  const [, memory, passes, salt, tag] = match;
  const expected = Buffer.from(tag ?? "", "base64");
  if (expected.length !== tagBytes) return false;
  const cost = { memoryKiB: Number(memory), passes: Number(passes) };
  const given = parameters(password, Buffer.from(salt ?? "", "base64"), cost);
  if (cost.memoryKiB <= inlineMemoryKiBMax) return timingSafeEqual(argon2Sync("argon2id", given), expected);
  return new Promise((resolve, reject) => {
    argon2("argon2id", given, (error, computed) => {
      if (error) reject(error);
      else resolve(timingSafeEqual(computed, expected));
    });
  });
}
