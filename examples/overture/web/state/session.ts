import type { SessionAnswer, SignOut } from "../../src/api/session-api.ts";
import { cordon } from "../cordon/ask.ts";
import { CopiesKeeper } from "../copies/keeper.ts";
import { ApiError, get, send } from "./api.ts";
import { forgetPlace } from "./place.ts";
import {
  inspectCopiesWith,
  keepPlaceForReturn,
  player,
  restorePlace,
  stopMusic,
  tryAgain,
} from "./player.ts";
import { Store } from "./store.ts";

type Session =
  | { readonly kind: "asking" }
  | { readonly kind: "out"; readonly failed: boolean }
  | { readonly kind: "in"; readonly accountId: string; readonly email: string; readonly authTime: string }
  /** The service can't be reached; `email`: whose copies are here, null when nobody's are. */
  | { readonly kind: "away"; readonly email: string | null };

export const session = new Store<Session>({ kind: "asking" });

/** Null: nothing can be kept in this browser. */
export let keeper: CopiesKeeper | null = null;

/** Sends to the sign-in page and back to the very place, song and second. */
export function goToSignIn(): void {
  keepPlaceForReturn();
  location.assign(`/api/session/sign-in?return=${encodeURIComponent(`/${location.hash}`)}`);
}

async function ask(): Promise<void> {
  let answer: SessionAnswer;
  try {
    answer = await get<SessionAnswer>("/api/session");
  } catch (error) {
    if (error instanceof ApiError && error.status >= 400 && error.status < 500) {
      session.set({ kind: "out", failed: false });
      return;
    }
    session.set({ kind: "away", email: (await keeper?.owner())?.email ?? null });
    return;
  }
  if (!answer.signedIn) {
    session.set({ kind: "out", failed: new URL(location.href).searchParams.get("sign-in") === "failed" });
    return;
  }
  const { account, authTime, installation } = answer;
  await keeper?.belongTo(account.id, account.email, installation.id);
  session.set({ kind: "in", accountId: account.id, email: account.email, authTime });
}

/** Everything that happens once, when the player is opened. */
export async function open(): Promise<void> {
  keeper = await CopiesKeeper.open();
  const own = keeper;
  if (own !== null) {
    inspectCopiesWith((track) => own.verify(track.id, track.title));
    cordon.onOfflineEpoch((epoch) => void own.recall(epoch).then(() => own.sync()));
  }
  await ask();
  // A page that was left without its query: a reload must not tell of an old failure.
  if (location.search !== "") history.replaceState(null, "", `/${location.hash}`);
  const { kind } = session.value;
  if (kind === "in" || kind === "away") restorePlace();
  if (kind === "in") {
    void cordon.ask();
    void own?.sync();
  }
  addEventListener("online", () => void comeBack());
}

/** The network is back, or somebody presses "Try again". */
export async function comeBack(): Promise<void> {
  await ask();
  if (session.value.kind !== "in") return;
  void cordon.ask();
  void keeper?.sync();
  if (player.value.silence?.kind === "away") tryAgain();
}

/** Signs out here, elsewhere, or everywhere; when here is among them, nothing of the account stays in this browser. */
export async function signOut(which: SignOut["which"]): Promise<void> {
  const body: SignOut = { which };
  await send("POST", "/api/session/sign-out", body);
  if (which === "others") return;
  stopMusic();
  forgetPlace();
  await keeper?.forgetEverything();
  session.set({ kind: "out", failed: false });
}
