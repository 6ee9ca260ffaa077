import type { Note, Score } from "./compose.ts";
import { seeded } from "./seeded.ts";

export const sampleRate = 44_100;
const tailSeconds = 1.5;

interface Sound {
  readonly left: Float32Array;
  readonly right: Float32Array;
}

const tableSize = 4096;
const sine = Float32Array.from({ length: tableSize }, (_, n) => Math.sin((2 * Math.PI * n) / tableSize));
const sin = (turns: number): number => sine[Math.floor((turns - Math.floor(turns)) * tableSize)] ?? 0;
const hertz = (pitch: number): number => 440 * 2 ** ((pitch - 69) / 12);

interface Span {
  readonly from: number;
  readonly samples: number;
}

/** The piece as two channels, normalised so that nothing is cut. */
export function synthesize(score: Score, seed: number): Sound {
  const secondsPerBeat = 60 / score.beatsPerMinute;
  const length = Math.ceil((score.beats * secondsPerBeat + tailSeconds) * sampleRate);
  const left = new Float32Array(length);
  const right = new Float32Array(length);
  const noise = seeded(seed);
  for (const note of score.notes) {
    const from = Math.floor(note.at * secondsPerBeat * sampleRate);
    const wanted = Math.floor((note.beats * secondsPerBeat + release(note)) * sampleRate);
    const samples = Math.min(wanted, length - from);
    const wave = waveOf(note, { from, samples }, noise);
    const pan = panOf(note);
    for (let n = 0; n < samples; n++) {
      const value = wave(n, n / sampleRate) * note.loudness;
      left[from + n] = (left[from + n] ?? 0) + value * (1 - pan);
      right[from + n] = (right[from + n] ?? 0) + value * (1 + pan);
    }
  }
  normalise(left, right);
  return { left, right };
}

function release({ voice }: Note): number {
  return voice === "pad" ? 0.6 : voice === "lead" ? 0.4 : 0.1;
}

function panOf({ voice, pitch }: Note): number {
  if (voice === "pad") return ((pitch % 5) - 2) * 0.15;
  return voice === "lead" ? 0.15 : voice === "hat" ? -0.3 : 0;
}

function waveOf(
  { voice, pitch }: Note,
  { samples }: Span,
  noise: () => number,
): (n: number, s: number) => number {
  const f = hertz(pitch);
  const total = samples / sampleRate;
  switch (voice) {
    case "pad":
      return (_, s) => {
        const swell = Math.min(1, s / 0.35) * Math.min(1, (total - s) / 0.6);
        return (
          0.11 *
          swell *
          (sin(f * s) + 0.5 * sin(f * 1.004 * s) + 0.35 * sin(f * 2.002 * s) + 0.12 * sin(f * 3 * s))
        );
      };
    case "bass":
      return (_, s) =>
        0.32 * Math.min(1, s / 0.01) * Math.exp(-2.2 * s) * (sin(f * s) + 0.3 * sin(2 * f * s));
    case "lead":
      return (_, s) => {
        const bright = Math.exp(-5 * s);
        const body = Math.min(1, s / 0.005) * Math.exp(-2.6 * s);
        return 0.2 * body * (sin(f * s) + 0.6 * bright * sin(2 * f * s) + 0.4 * bright * sin(3 * f * s));
      };
    case "kick":
      return (_, s) => 0.5 * Math.exp(-9 * s) * sin(45 * s + 4 * (1 - Math.exp(-28 * s)));
    case "snare":
      return (_, s) => Math.exp(-16 * s) * (0.22 * (2 * noise() - 1) + 0.15 * sin(185 * s));
    case "hat": {
      let before = 0;
      return (_, s) => {
        const now = 2 * noise() - 1;
        const high = now - before;
        before = now;
        return 0.1 * Math.exp(-45 * s) * high;
      };
    }
  }
}

function normalise(left: Float32Array, right: Float32Array): void {
  let peak = 0;
  for (const channel of [left, right]) for (const value of channel) peak = Math.max(peak, Math.abs(value));
  const factor = peak === 0 ? 1 : 0.89 / peak;
  for (const channel of [left, right])
    for (let n = 0; n < channel.length; n++) channel[n] = (channel[n] ?? 0) * factor;
}
