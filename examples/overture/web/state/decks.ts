/** What the two decks tell. */
interface DeckListener {
  onPosition(positionMs: number): void;
  onPlaying(playing: boolean): void;
  onEnded(): void;
  /** The current source can't be played (any further). */
  onBroken(): void;
  /** The browser lets nothing sound until somebody has touched the page. */
  onBarred(): void;
}

/** Two audio elements: one plays, the other has the next track ready, so that no silence comes between. */
export class Decks {
  readonly #decks: readonly [HTMLAudioElement, HTMLAudioElement];
  readonly #listener: DeckListener;
  #current = 0;
  #wantedMs: number | null = null;

  constructor(listener: DeckListener) {
    this.#listener = listener;
    this.#decks = [this.#deck(), this.#deck()];
  }

  #deck(): HTMLAudioElement {
    const deck = new Audio();
    deck.preload = "auto";
    const own = (tell: () => void) => () => {
      if (deck === this.#playing) tell();
    };
    deck.addEventListener(
      "timeupdate",
      own(() => this.#listener.onPosition(this.positionMs)),
    );
    deck.addEventListener(
      "seeked",
      own(() => this.#listener.onPosition(this.positionMs)),
    );
    deck.addEventListener(
      "playing",
      own(() => this.#listener.onPlaying(true)),
    );
    deck.addEventListener(
      "pause",
      own(() => this.#listener.onPlaying(false)),
    );
    deck.addEventListener(
      "ended",
      own(() => this.#listener.onEnded()),
    );
    deck.addEventListener(
      "error",
      own(() => this.#listener.onBroken()),
    );
    deck.addEventListener(
      "loadedmetadata",
      own(() => this.#goToWanted()),
    );
    return deck;
  }

  get #playing(): HTMLAudioElement {
    return this.#decks[this.#current] ?? this.#decks[0];
  }

  get #waiting(): HTMLAudioElement {
    return this.#decks[1 - this.#current] ?? this.#decks[1];
  }

  get positionMs(): number {
    return this.#wantedMs ?? this.#playing.currentTime * 1000;
  }

  get isPaused(): boolean {
    return this.#playing.paused;
  }

  /** Puts a source on, at a second of it; takes the other deck when that has it ready. */
  load(url: string, positionMs: number): void {
    if (this.#waiting.getAttribute("src") === url && this.#waiting.error === null) {
      this.#playing.pause();
      const old = this.#playing;
      this.#current = 1 - this.#current;
      this.#clear(old);
    } else {
      this.#playing.src = url;
    }
    this.seek(positionMs);
  }

  /** Makes the next source ready. */
  prepare(url: string | null): void {
    const waiting = this.#waiting;
    if (waiting.getAttribute("src") === url) return;
    if (url === null) this.#clear(waiting);
    else waiting.src = url;
  }

  #clear(deck: HTMLAudioElement): void {
    deck.pause();
    deck.removeAttribute("src");
    deck.load();
  }

  async play(): Promise<void> {
    try {
      await this.#playing.play();
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#listener.onBarred();
      // Anything else is told by `error`, or another source was put on meanwhile.
    }
  }

  pause(): void {
    this.#playing.pause();
  }

  seek(positionMs: number): void {
    this.#wantedMs = positionMs;
    if (this.#playing.readyState >= HTMLMediaElement.HAVE_METADATA) this.#goToWanted();
  }

  #goToWanted(): void {
    if (this.#wantedMs === null) return;
    this.#playing.currentTime = this.#wantedMs / 1000;
    this.#wantedMs = null;
  }

  set volume(volume: number) {
    for (const deck of this.#decks) deck.volume = volume;
  }

  stop(): void {
    for (const deck of this.#decks) this.#clear(deck);
  }
}
