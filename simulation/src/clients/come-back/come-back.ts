import type { Doors, Listener, World } from "./doors.ts";
import type { Memory } from "./memory.ts";

export type WayIn = "password" | "mailed-link" | "recovery-code" | "support";

export type Outcome =
  | { readonly kind: "back"; readonly by: WayIn }
  /** Somebody at support has to look at it first. */
  | { readonly kind: "waits" }
  | { readonly kind: "out"; readonly reason: string };

interface ComingBack {
  readonly listener: Listener;
  readonly memory: Memory;
  readonly doors: Doors;
  readonly world: World;
}

const linkLifeMs = 3_600_000;
const linksMax = 3;
/** Tries of one right password: a wait between two is told by the service. */
const blocksMax = 20;

const out = (reason: string): Outcome => ({ kind: "out", reason });

/** One listener's way, from being asked to music or to the reason why not. */
export async function comeBack(way: ComingBack): Promise<Outcome> {
  const { listener, memory, doors } = way;
  if (!(await doors.isAsked(listener))) return out("was not asked");
  for (let n = 0; n < memory.typingErrors; n++) await typed(way, `${listener.password}${n}`);
  if (memory.knowsPassword) return signedIn(way, listener.password, "password");
  await typed(way, "what was it");
  if (memory.readsMail) return byLink(way, listener.email, "mailed-link");
  if (listener.code !== null) return byCode(way, listener.code);
  await doors.openCase(listener);
  return { kind: "waits" };
}

/** Once support has believed the person: the link is at the address they gave. */
export function comeBackBySupport(way: ComingBack): Promise<Outcome> {
  return byLink(way, way.listener.contact, "support");
}

/** Tries a password as often as the service asks to wait. */
async function typed({ listener, doors, world }: ComingBack, password: string): Promise<boolean> {
  for (let n = 0; n < blocksMax; n++) {
    const reply = await doors.signIn(listener, password);
    if (reply.kind !== "blocked") return reply.kind === "in";
    await world.wait(reply.waitMs);
  }
  return false;
}

async function signedIn(way: ComingBack, password: string, by: WayIn): Promise<Outcome> {
  if (!(await typed(way, password))) return out(`the right password did not open it (${by})`);
  return (await way.doors.plays(way.listener)) ? { kind: "back", by } : out(`signed in and no music (${by})`);
}

async function byLink(way: ComingBack, address: string, by: "mailed-link" | "support"): Promise<Outcome> {
  const { listener, memory, doors, world } = way;
  const newPassword = `${listener.password} anew`;
  for (let n = 0; n < linksMax; n++) {
    if (by === "mailed-link") await doors.forgotten(listener);
    const token = world.link(address);
    if (token === null) return out("no link came by mail");
    if (memory.readsLate && n === 0 && by === "mailed-link") await world.wait(linkLifeMs + 1);
    if (await doors.reset(token, newPassword)) return signedIn(way, newPassword, by);
  }
  return out("every link had expired");
}

async function byCode(way: ComingBack, code: string): Promise<Outcome> {
  const newPassword = `${way.listener.password} anew`;
  if ((await way.doors.recover(way.listener, code, newPassword)) !== "in")
    return out("the recovery code did not open it");
  return signedIn(way, newPassword, "recovery-code");
}
