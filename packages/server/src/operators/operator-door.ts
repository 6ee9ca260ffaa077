import type { Plane } from "@cordon/control-plane";
import { secretFile } from "@cordon/control-plane";
import type { Kysely } from "kysely";
import { join } from "node:path";
import { Challenges } from "./challenges.ts";
import type { OperatorRegister } from "./operator-register.ts";
import { newSecret, Seal } from "./secrets.ts";
import { Sessions } from "./sessions.ts";
import type { OperatorTables } from "./tables.ts";
import { TokenUses } from "./token-uses.ts";

/** What everything works with that lets operators in. Made once, by `openDoor`. */
export interface OperatorDoor {
  readonly register: OperatorRegister;
  readonly sessions: Sessions;
  readonly challenges: Challenges;
  readonly uses: TokenUses;
  readonly seal: Seal;
  readonly db: Kysely<OperatorTables>;
  readonly clock: () => number;
  /** Where browsers find the server: scheme, host and port. Known once it listens. */
  readonly origin: () => string;
}

interface DoorOptions {
  readonly plane: Pick<Plane, "journal" | "home">;
  readonly register: OperatorRegister;
  readonly clock: () => number;
  readonly origin: () => string;
}

const migrations = { schema: "operators", folder: join(import.meta.dirname, "../../migrations") };

/** Brings the schema `operators` up to date and hands the journal to the register. */
export async function openDoor({ plane, register, clock, origin }: DoorOptions): Promise<OperatorDoor> {
  await plane.journal.migrate(migrations);
  const db = plane.journal.kysely<OperatorTables>();
  const seal = new Seal(
    (await secretFile(join(plane.home, "keys", "sessions.key"), () => `${newSecret()}\n`)).trim(),
  );
  register.attach(plane.journal);
  return {
    register,
    sessions: new Sessions(db, register, seal, clock),
    challenges: new Challenges(db, clock),
    uses: new TokenUses(db, clock),
    seal,
    db,
    clock,
    origin,
  };
}
