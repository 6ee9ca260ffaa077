import { useState } from "preact/hooks";

import type { Directive } from "@cordon/client";

import type { HelpAnswer } from "../../src/api/help-api.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Icon } from "../parts/icon.tsx";
import { useLoad } from "../state/load.ts";
import { keepPlaceForReturn, player } from "../state/player.ts";
import { currentTrack } from "../state/queue.ts";
import { goToSignIn, session } from "../state/session.ts";
import { useStore } from "../state/store.ts";
import { clockTime } from "../state/words.ts";
import { build, cordon, directives } from "./ask.ts";
import { takeOwnBuild } from "./build.ts";
import { NewVersion } from "./new-version.tsx";
import { askedOf, foremost, storeNameOf, suggested } from "./words.ts";

/** The site's own player is renewed by loading it; others by their store. */
async function loadNewVersion(): Promise<void> {
  keepPlaceForReturn();
  takeOwnBuild();
  if ("serviceWorker" in navigator) {
    const registration = await navigator.serviceWorker.getRegistration();
    await registration?.update().catch(() => undefined);
  }
  for (const name of await caches.keys()) if (name.startsWith("overture-shell-")) await caches.delete(name);
  location.replace(`/${location.hash}`);
  location.reload();
}

function Return() {
  const track = useStore(player, ({ queue }) => currentTrack(queue));
  const positionMs = useStore(player, (state) => state.positionMs);
  if (track === null) return null;
  return (
    <p class="return">
      <Icon name="play" />
      <span>
        Afterwards you are back at <b>{track.title}</b>, {clockTime(positionMs)}.
      </span>
    </p>
  );
}

function SignIn({ action }: { readonly action: string }) {
  const [barred, setBarred] = useState(false);
  const press = () => {
    if (!cordon.signIn(goToSignIn)) setBarred(true);
  };
  return (
    <>
      <button type="button" class="button is-large" onClick={press}>
        {action}
      </button>
      {barred && (
        <p class="fine" role="status">
          You have just signed in and it did not help yet. Wait a moment and try again, or{" "}
          <a href="/recovery">let us help you</a>.
        </p>
      )}
    </>
  );
}

function Body({ directive, help }: { readonly directive: Directive; readonly help: HelpAnswer | null }) {
  const builds = help?.builds ?? [];
  const storeName = storeNameOf(build.store, builds);
  const asked = askedOf(directive, storeName);
  if (asked === null) return null;
  const { measure, link } = directive;
  const own = builds.filter(({ platform }) => platform === build.platform);
  return (
    <div class={`asked asked-${measure}`}>
      {measure === "upgrade" && directive.available !== false && <NewVersion version={null} />}
      <p class="asked-why">{asked.why}</p>
      {measure !== "refuse_client" && <Return />}
      {(measure === "reauthenticate" || measure === "change_password") && <SignIn action={asked.action} />}
      {measure === "upgrade" && directive.available !== false && (
        <p class="actions">
          {build.platform === "web" ? (
            <button type="button" class="button is-large" onClick={() => void loadNewVersion()}>
              Load the new version
            </button>
          ) : (
            link !== undefined && (
              <a class="button is-large" href={link} onClick={keepPlaceForReturn}>
                {asked.action}
              </a>
            )
          )}
        </p>
      )}
      {measure === "refuse_client" && (
        <ul class="plain rows">
          {(own.length > 0 ? own : builds).map(({ platform, store, storeName: name, link: to }) => (
            <li key={`${platform}/${store}`} class="row">
              <a class="button is-soft" href={to}>
                Get Overture from {name}
              </a>
            </li>
          ))}
        </ul>
      )}
      {asked.stays.length > 0 && (
        <details class="stays" open={measure === "upgrade"}>
          <summary>What you lose, and how it comes back</summary>
          <ul>
            {asked.stays.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

/** What this player is asked to do, on top of whatever page is open. For most people there is nothing, and nothing is shown. */
export function DirectiveView() {
  const list = useStore(directives, (value) => value);
  const signedIn = useStore(session, ({ kind }) => kind === "in");
  const denied = useStore(player, ({ silence }) => silence?.kind === "denied");
  const [put, setPut] = useState<string | null>(null);
  const [help] = useLoad<HelpAnswer>("/api/help");
  const must = foremost(list);
  const may = suggested(list);
  const shown = must ?? may;
  if (shown === null || (!signedIn && shown.measure !== "refuse_client" && shown.measure !== "upgrade"))
    return null;
  const helpHere = help.kind === "here" ? help.answer : null;
  const asked = askedOf(shown, storeNameOf(build.store, helpHere?.builds ?? []));
  if (asked === null) return null;
  const key = `${shown.measure}/${shown.rule}/${shown.required}`;
  // Music that still sounds is not covered up twice: it goes on until the service ends it.
  const asBanner = shown.required ? put === key && !denied : true;
  if (asBanner) {
    if (!shown.required && put === key) return null;
    return (
      <aside class="banner" aria-label="What Overture asks of you">
        <Icon name="shield" />
        <p>
          <b>{asked.title}.</b> <span>{asked.why}</span>
        </p>
        <p class="actions">
          {shown.required ? (
            <button type="button" class="button" onClick={() => setPut(null)}>
              Do it now
            </button>
          ) : (
            <>
              {shown.link !== undefined && shown.available !== false && (
                <a class="button" href={shown.link}>
                  {asked.action}
                </a>
              )}
              <button type="button" class="button is-soft" onClick={() => setPut(key)}>
                Not now
              </button>
            </>
          )}
        </p>
      </aside>
    );
  }
  const canWait = (shown.measure === "reauthenticate" || shown.measure === "change_password") && !denied;
  return (
    <Dialog key={key} title={asked.title} closable={canWait} onClose={() => setPut(key)}>
      <Body directive={shown} help={helpHere} />
    </Dialog>
  );
}
