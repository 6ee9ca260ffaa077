import type { ComponentChildren } from "preact";

import type { Loaded } from "../state/load.ts";
import { Mark } from "./icon.tsx";

export function Title({
  children,
  kicker,
}: {
  readonly children: ComponentChildren;
  readonly kicker?: string;
}) {
  return (
    <header class="title">
      {kicker !== undefined && <p class="kicker">{kicker}</p>}
      <h1 tabIndex={-1}>{children}</h1>
    </header>
  );
}

/** Draws an answer when it is here; says meanwhile that it is coming, or why it does not. */
export function Whole<Answer>({
  of,
  again,
  children,
}: {
  readonly of: Loaded<Answer>;
  readonly again: () => void;
  readonly children: (answer: Answer) => ComponentChildren;
}) {
  if (of.kind === "here") return <>{children(of.answer)}</>;
  if (of.kind === "loading")
    return (
      <div class="waiting" role="status">
        <Mark />
        <span class="unseen">Loading</span>
      </div>
    );
  return (
    <Empty title={of.status === 404 ? "There is nothing here" : "This page did not come"}>
      <p>{failureWords(of.status, of.why)}</p>
      <p class="actions">
        <button type="button" class="button" onClick={again}>
          Try again
        </button>
        <a class="button is-soft" href="#/offline">
          Offline playlists
        </a>
      </p>
    </Empty>
  );
}

function failureWords(status: number, why: string): string {
  if (status === 0) return "You seem to be offline. Your offline playlists play all the same.";
  return status === 401 || status === 403 ? "Overture needs you for a moment first: see above." : why;
}

export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <Mark />
      <h2>{title}</h2>
      {children}
    </div>
  );
}
