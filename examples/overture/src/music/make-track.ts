import { createMp3Encoder } from "wasm-media-encoders";

import { compose } from "./compose.ts";
import { id3Tag } from "./id3-tag.ts";
import type { Id3Tags } from "./id3-tag.ts";
import { sampleRate, synthesize } from "./synthesize.ts";

const kilobitsPerSecond = 96;

interface TrackPlan extends Id3Tags {
  readonly seed: number;
  readonly bars: number;
}

/** Composes a piece and encodes it as a tagged MP3: the same bytes for the same plan. */
export async function makeTrack(plan: TrackPlan): Promise<Buffer> {
  const { left, right } = synthesize(compose(plan.seed, plan.bars), plan.seed);
  const encoder = await createMp3Encoder();
  encoder.configure({ sampleRate, channels: 2, bitrate: kilobitsPerSecond });
  // What the encoder returns is its own memory: it is copied before the next call.
  const audio = [Buffer.from(encoder.encode([left, right])), Buffer.from(encoder.finalize())];
  return Buffer.concat([id3Tag(plan), ...audio]);
}
