import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { coverPng } from "../src/music/cover-png.ts";
import { makeTrack } from "../src/music/make-track.ts";

const albums = [
  { artist: "Ada Sings", title: "First Light", year: 2011, genre: "Folk", tracks: ["Dawn", "Dew", "Noon"] },
  { artist: "The Bo Trio", title: "Évora", year: 2013, genre: "Jazz", tracks: ["Rua", "Praça"] },
];

/** Writes two albums, five short tracks of real audio with tags and covers. */
export async function makeTestMusic(folder: string, bars = 2): Promise<void> {
  for (const [a, album] of albums.entries()) {
    const albumFolder = join(folder, album.artist, album.title);
    mkdirSync(albumFolder, { recursive: true });
    for (const [t, title] of album.tracks.entries()) {
      const bytes = await makeTrack({
        ...album,
        title,
        album: album.title,
        albumArtist: album.artist,
        track: t + 1,
        picture: coverPng(a),
        seed: 10 * a + t,
        bars,
      });
      writeFileSync(join(albumFolder, `${t + 1} ${title}.mp3`), bytes);
    }
  }
}
