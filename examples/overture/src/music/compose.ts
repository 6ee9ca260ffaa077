import { pick, seeded } from "./seeded.ts";

export type Voice = "pad" | "bass" | "lead" | "kick" | "snare" | "hat";

export interface Note {
  readonly voice: Voice;
  /** In beats from the beginning. */
  readonly at: number;
  readonly beats: number;
  /** MIDI number; without meaning for drums. */
  readonly pitch: number;
  /** 0 to 1. */
  readonly loudness: number;
}

export interface Score {
  readonly beatsPerMinute: number;
  readonly beats: number;
  readonly notes: readonly Note[];
}

interface Mode {
  /** Semitones above the root of each step of the scale. */
  readonly scale: readonly number[];
  /** Steps on which chords stand, four bars each. */
  readonly progressions: readonly [readonly number[], ...(readonly number[])[]];
}

const modes: readonly [Mode, ...Mode[]] = [
  {
    scale: [0, 2, 4, 5, 7, 9, 11],
    progressions: [
      [0, 4, 5, 3],
      [0, 5, 3, 4],
      [3, 0, 4, 5],
    ],
  },
  {
    scale: [0, 2, 3, 5, 7, 8, 10],
    progressions: [
      [0, 5, 2, 6],
      [0, 3, 5, 6],
      [0, 6, 5, 6],
    ],
  },
  {
    scale: [0, 2, 3, 5, 7, 9, 10],
    progressions: [
      [0, 3, 0, 6],
      [0, 2, 3, 6],
    ],
  },
];

const beatsPerBar = 4;
const rhythms: readonly [readonly number[], ...(readonly number[])[]] = [
  [0, 1, 1.5, 2.5, 3],
  [0, 0.5, 1.5, 2, 3],
  [0, 1.5, 2, 3, 3.5],
  [0, 0.75, 1.5, 2.5],
];

/** A little piece of so many bars: chords, bass, a tune that comes back changed, and drums that enter and leave. */
export function compose(seed: number, bars: number): Score {
  const random = seeded(seed);
  const mode = pick(random, modes);
  const root = 50 + Math.floor(random() * 8);
  const chords = pick(random, mode.progressions);
  const beatsPerMinute = 76 + Math.floor(random() * 48);
  const pitch = (step: number) => root + (mode.scale[((step % 7) + 7) % 7] ?? 0) + 12 * Math.floor(step / 7);
  const rhythm = pick(random, rhythms);
  const motif = rhythm.map((_, n) => (n === 0 ? 0 : Math.floor(random() * 5) - 2));
  const notes: Note[] = [];
  const add = (voice: Voice, at: number, beats: number, note: number, loudness: number) =>
    notes.push({ voice, at, beats, pitch: note, loudness });

  for (let bar = 0; bar < bars; bar++) {
    const at = bar * beatsPerBar;
    const chord = chords[bar % chords.length] ?? 0;
    const isIntro = bar < 2;
    const isOutro = bar >= bars - 1;
    for (const third of [0, 2, 4]) add("pad", at, beatsPerBar, pitch(chord + third), 0.5);
    if (isOutro) {
      add("bass", at, beatsPerBar, pitch(chord) - 24, 0.8);
      continue;
    }
    if (!isIntro) {
      for (const [beat, step] of [
        [0, 0],
        [1.5, 0],
        [2.5, 4],
      ] as const)
        add("bass", at + beat, 1, pitch(chord + step) - 24, 0.8);
      for (const beat of [0, 2]) add("kick", at + beat, 1, 0, 0.9);
      for (const beat of [1, 3]) add("snare", at + beat, 1, 0, 0.55);
      for (let eighth = 0; eighth < 8; eighth++)
        add("hat", at + eighth / 2, 0.25, 0, eighth % 2 === 0 ? 0.3 : 0.16 + random() * 0.1);
    }
    if (bar < 1) continue;
    // Every other bar answers: the motif turned round, ending on the chord.
    const answers = bar % 2 === 1;
    rhythm.forEach((beat, n) => {
      if (random() < 0.12) return;
      const turn = motif[answers ? motif.length - 1 - n : n] ?? 0;
      const step = chord + 7 + turn + (random() < 0.2 ? 2 : 0);
      const next = rhythm[n + 1] ?? beatsPerBar;
      add("lead", at + beat, next - beat, pitch(step), 0.55 + random() * 0.2);
    });
  }
  return { beatsPerMinute, beats: bars * beatsPerBar, notes };
}
