/** What the drill tells whoever watches it. Implementations write at once and never throw. */
export interface Display {
  /** A process was started. `port` is null for one that listens nowhere. */
  process(name: string, pid: number, port: number | null): void;
  phaseStarted(name: string): void;
  phaseEnded(name: string, ms: number): void;
  /** The state of one thing that moves; replaces what was told of it before. */
  progress(name: string, state: string): void;
  /** Something worth a line of its own. */
  note(text: string): void;
  /** Nothing moves any more. */
  close(): void;
}

/** For terminals: lines that stay, and below them one block that is redrawn. */
export class TerminalDisplay implements Display {
  readonly #out: NodeJS.WriteStream;
  readonly #moving = new Map<string, string>();
  readonly #running = new Set<string>();
  readonly #nowMs: () => number;
  readonly #startMs: number;
  readonly #timer: NodeJS.Timeout;
  #drawnLines = 0;
  #closed = false;

  constructor(out: NodeJS.WriteStream, nowMs: () => number) {
    this.#out = out;
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
    this.#timer = setInterval(() => this.#redraw(), 150);
    this.#timer.unref();
  }

  process(name: string, pid: number, port: number | null): void {
    this.#line(processLine(name, pid, port));
  }

  phaseStarted(name: string): void {
    this.#running.add(name);
    this.#redraw();
  }

  phaseEnded(name: string, ms: number): void {
    this.#running.delete(name);
    this.#line(`\u001b[32m✓\u001b[0m ${phaseLine(name, ms)}`);
  }

  progress(name: string, state: string): void {
    this.#moving.set(name, state);
  }

  note(text: string): void {
    this.#line(text);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#erase();
    this.#closed = true;
  }

  #line(text: string): void {
    this.#erase();
    this.#out.write(`${text}\n`);
    this.#redraw();
  }

  #erase(): void {
    if (this.#drawnLines > 0) this.#out.write(`\u001b[${this.#drawnLines}A\u001b[0J`);
    this.#drawnLines = 0;
  }

  #redraw(): void {
    if (this.#closed) return;
    const seconds = ((this.#nowMs() - this.#startMs) / 1000).toFixed(0);
    const lines = [`\u001b[1m${seconds} s\u001b[0m  ${[...this.#running].join(", ")}`];
    for (const [name, state] of this.#moving) lines.push(`   ${name.padEnd(12)} ${state}`);
    const width = this.#out.columns;
    this.#erase();
    // A line that wraps would not be erased with the block.
    for (const line of lines) this.#out.write(`${line.slice(0, Math.max(20, width - 1))}\n`);
    this.#drawnLines = lines.length;
  }
}

/** For files and pipes: plain lines, of things that move at most one every few seconds. */
export class PlainDisplay implements Display {
  readonly #out: NodeJS.WritableStream;
  readonly #nowMs: () => number;
  readonly #toldMs = new Map<string, number>();

  constructor(out: NodeJS.WritableStream, nowMs: () => number) {
    this.#out = out;
    this.#nowMs = nowMs;
  }

  process(name: string, pid: number, port: number | null): void {
    this.note(processLine(name, pid, port));
  }

  phaseStarted(name: string): void {
    this.note(`${name} …`);
  }

  phaseEnded(name: string, ms: number): void {
    this.note(phaseLine(name, ms));
  }

  progress(name: string, state: string): void {
    const nowMs = this.#nowMs();
    if (nowMs - (this.#toldMs.get(name) ?? -Infinity) < progressLineEveryMs) return;
    this.#toldMs.set(name, nowMs);
    this.note(`${name}: ${state}`);
  }

  note(text: string): void {
    this.#out.write(`${text}\n`);
  }

  close(): void {
    this.#toldMs.clear();
  }
}

const progressLineEveryMs = 2_000;

function processLine(name: string, pid: number, port: number | null): string {
  return `${name}: process ${pid}${port === null ? "" : `, 127.0.0.1:${port}`}`;
}

function phaseLine(name: string, ms: number): string {
  return `${name}: ${(ms / 1000).toFixed(1)} s`;
}
