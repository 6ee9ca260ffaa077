import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";

import { coverPng } from "./cover-png.ts";
import { demoAlbums } from "./demo-albums.ts";
import type { DemoMusicConfig, DemoMusicMessage } from "./demo-music-messages.ts";
import { makeTrack } from "./make-track.ts";

/** Composes the demo's music in a thread of its own, album by album; what is there already stays. */

const { folder } = workerData as DemoMusicConfig;
const barsMin = 9;
const tell = (message: DemoMusicMessage) => parentPort?.postMessage(message);

for (const [a, album] of demoAlbums.entries()) {
  const albumFolder = join(folder, album.artist, album.title);
  mkdirSync(albumFolder, { recursive: true, mode: 0o700 });
  const picture = coverPng(1000 + a);
  let made = 0;
  for (const [t, title] of album.tracks.entries()) {
    const track = t + 1;
    const file = join(albumFolder, `${String(track).padStart(2, "0")} ${title}.mp3`);
    if (existsSync(file)) continue;
    const plan = { ...album, title, album: album.title, albumArtist: album.artist, track, picture };
    const bytes = await makeTrack({ ...plan, seed: 100 * (a + 1) + t, bars: barsMin + ((t * 3 + a) % 5) });
    writeFileSync(`${file}.draft`, bytes, { mode: 0o600 });
    renameSync(`${file}.draft`, file);
    made += 1;
  }
  tell({ kind: "album", made });
}
tell({ kind: "done" });
