import { useEffect } from "preact/hooks";

import { DirectiveView } from "./cordon/directive-view.tsx";
import { copies } from "./copies/copies-state.ts";
import { AddToPlaylist } from "./parts/add-to-playlist.tsx";
import { Icon, Mark } from "./parts/icon.tsx";
import type { IconName } from "./parts/icon.tsx";
import { Empty } from "./parts/page-state.tsx";
import { PlayerBar } from "./parts/player-bar.tsx";
import { Stage } from "./parts/stage.tsx";
import { player, resume, seek, skip, toggle, tryAgain } from "./state/player.ts";
import type { Silence } from "./state/player.ts";
import { currentTrack } from "./state/queue.ts";
import { route } from "./state/route.ts";
import type { Route } from "./state/route.ts";
import { comeBack, session } from "./state/session.ts";
import { useStore } from "./state/store.ts";
import { told } from "./state/told.ts";
import { clockTime } from "./state/words.ts";
import { AccountView } from "./views/account.tsx";
import { AlbumView, ArtistView, FavouritesView } from "./views/album.tsx";
import { Home } from "./views/home.tsx";
import { AlbumsView, ArtistsView } from "./views/library.tsx";
import { OfflineView } from "./views/offline.tsx";
import { PlaylistsView, PlaylistView } from "./views/playlist.tsx";
import { ReplayView } from "./views/replay.tsx";
import { SafetyView } from "./views/safety.tsx";
import { SearchView } from "./views/search.tsx";
import { Welcome } from "./views/welcome.tsx";

const places: readonly {
  readonly to: string;
  readonly name: string;
  readonly icon: IconName;
  readonly also?: string;
}[] = [
  { to: "", name: "Programme", icon: "house" },
  { to: "search", name: "Search", icon: "search" },
  { to: "albums", name: "Albums", icon: "sleeve", also: "album" },
  { to: "artists", name: "Artists", icon: "person", also: "artist" },
  { to: "playlists", name: "Playlists", icon: "list", also: "playlist" },
  { to: "favourites", name: "Favourites", icon: "heart" },
  { to: "offline", name: "Offline", icon: "down" },
  { to: "account", name: "Account", icon: "shield", also: "safety" },
];

function Navigation({ at }: { readonly at: Route }) {
  const here = at[0] ?? "";
  return (
    <nav class="rail" aria-label="Overture">
      <a class="wordmark" href="#/">
        <Mark />
        <span>Overture</span>
      </a>
      <ul class="plain">
        {places.map(({ to, name, icon, also }) => (
          <li key={to}>
            <a href={`#/${to}`} aria-current={here === to || here === also ? "page" : undefined}>
              <Icon name={icon} />
              <span>{name}</span>
            </a>
          </li>
        ))}
      </ul>
      <a class="rail-replay" href="#/replay" aria-current={here === "replay" ? "page" : undefined}>
        Replay the incident
      </a>
    </nav>
  );
}

function View({ at: [page = "", id = ""] }: { readonly at: Route }) {
  switch (page) {
    case "":
      return <Home />;
    case "search":
      return <SearchView />;
    case "albums":
      return <AlbumsView />;
    case "album":
      return <AlbumView key={id} id={id} />;
    case "artists":
      return <ArtistsView />;
    case "artist":
      return <ArtistView key={id} id={id} />;
    case "playlists":
      return <PlaylistsView />;
    case "playlist":
      return <PlaylistView key={id} id={id} />;
    case "favourites":
      return <FavouritesView />;
    case "offline":
      return <OfflineView />;
    case "account":
      return <AccountView />;
    case "safety":
      return <SafetyView />;
    case "replay":
      return <ReplayView />;
    default:
      return <Empty title="There is no such page" />;
  }
}

const copyWords: Readonly<Record<string, string>> = {
  expired: "Its licence has ended. A moment online renews it.",
  recalled: "It is issued anew and comes back as soon as you are online.",
  "clock-turned-back":
    "This device's clock stands earlier than before, so the licence can't be judged. Set it right, or go online for a moment.",
  damaged: "Its copy was damaged and has been thrown away. It is fetched again when you are online.",
};

function silenceWords(silence: Silence, positionMs: number): string {
  switch (silence.kind) {
    case "barred":
      return `Press play to go on at ${clockTime(positionMs)}.`;
    case "denied":
      return "Overture needs you for a moment before the music goes on.";
    case "away":
      return `${silence.title} can't be reached: you are offline, and it is not on this device.`;
    case "gone":
      return `${silence.title} is no longer in the library.`;
    case "copy":
      return `${silence.title} can't be played from this device. ${copyWords[silence.why] ?? "It is fetched again when you are online."}`;
  }
}

function SilenceLine() {
  const silence = useStore(player, (state) => state.silence);
  const positionMs = useStore(player, (state) => state.positionMs);
  if (silence === null) return null;
  return (
    <div class="banner is-silence" role="status">
      <p>{silenceWords(silence, positionMs)}</p>
      <p class="actions">
        <button type="button" class="button" onClick={silence.kind === "barred" ? resume : tryAgain}>
          {silence.kind === "barred" ? "Go on" : "Try again"}
        </button>
      </p>
    </div>
  );
}

function AwayLine({ email }: { readonly email: string | null }) {
  const count = useStore(copies, ({ kept }) => kept.size);
  return (
    <div class="banner is-away" role="status">
      <p>
        <b>Overture can't be reached.</b>{" "}
        {email === null || count === 0
          ? "Nothing is on this device."
          : "Your offline playlists play all the same."}
      </p>
      <p class="actions">
        <button type="button" class="button is-soft" onClick={() => void comeBack()}>
          Try again
        </button>
      </p>
    </div>
  );
}

/** Space and arrows work everywhere but where somebody types or moves something. */
function useKeys(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { target } = event;
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (
        target instanceof HTMLElement &&
        target.closest("input, textarea, button, a, summary, [contenteditable]") !== null
      )
        return;
      if (currentTrack(player.value.queue) === null) return;
      const actions: Readonly<Record<string, () => void>> = {
        " ": toggle,
        ArrowRight: () => seek(player.value.positionMs + 5_000),
        ArrowLeft: () => seek(player.value.positionMs - 5_000),
        n: () => skip(1),
        p: () => skip(-1),
      };
      const action = actions[event.key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

export function App() {
  useKeys();
  const now = useStore(session, (value) => value);
  const at = useStore(route, (value) => value);
  const line = useStore(told, (value) => value);
  if (now.kind === "asking")
    return (
      <main class="welcome" aria-busy="true">
        <Mark />
        <h1 class="unseen">Overture</h1>
      </main>
    );
  if (now.kind === "out" || (now.kind === "away" && now.email === null)) {
    return (
      <>
        {now.kind === "away" && <AwayLine email={null} />}
        <Welcome failed={now.kind === "out" && now.failed} />
        <DirectiveView />
      </>
    );
  }
  const view = now.kind === "away" && at[0] === undefined ? ["offline"] : at;
  return (
    <div class="house">
      <a
        class="skip"
        href="#content"
        onClick={(event) => (event.preventDefault(), document.querySelector<HTMLElement>("main h1")?.focus())}
      >
        To the content
      </a>
      <Navigation at={view} />
      <div class="hall">
        {now.kind === "away" && <AwayLine email={now.email} />}
        <DirectiveView />
        <main id="content">
          <View at={view} />
        </main>
      </div>
      <div class="foot">
        <SilenceLine />
        <PlayerBar />
      </div>
      <Stage />
      <AddToPlaylist />
      <div class="told" role="status">
        {line !== null && <p>{line.text}</p>}
      </div>
    </div>
  );
}
