import type { EnforcementPoint, PointStatus } from "@cordon/enforcement";

const everyMs = 1_000;

/** Says what changes at a point, a line each: bundle, refusal, freshness. Never whom a decision was about. */
export class StatusNotes {
  readonly #point: EnforcementPoint;
  readonly #onNote: (note: string) => void;
  readonly #timer: NodeJS.Timeout;
  #said: readonly string[] = [];

  constructor(point: EnforcementPoint, onNote: (note: string) => void) {
    this.#point = point;
    this.#onNote = onNote;
    this.#look();
    this.#timer = setInterval(() => this.#look(), everyMs);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#look();
  }

  #look(): void {
    const said = notesOf(this.#point.status());
    for (const note of said) {
      if (!this.#said.includes(note)) this.#onNote(note);
    }
    this.#said = said;
  }
}

function notesOf({ mode, bundle, refusal, freshness, staleBecause, kept }: PointStatus): readonly string[] {
  const notes = [
    bundle === null ? "bundle: none was ever seen" : `bundle: version ${bundle.version} is in force`,
  ];
  if (mode === "shadow") notes.push("mode: shadow, nobody is denied");
  if (bundle?.expired === true) notes.push(`bundle: version ${bundle.version} has expired`);
  if (bundle?.trusted === false)
    notes.push(`bundle: version ${bundle.version} is no longer signed by enough keys`);
  if (refusal !== null) notes.push(`bundle: the newest one offered was refused: ${refusal}`);
  if (freshness === "stale") notes.push(`freshness: stale (${staleBecause ?? "unknown"})`);
  if (freshness === "fresh") notes.push("freshness: fresh");
  if (bundle !== null && !kept) notes.push("last good bundle: could not be kept on disk");
  return notes;
}
