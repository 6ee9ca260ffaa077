import { coverCacheControl } from "../endpoints/covers.ts";
import { audioCacheControl } from "../endpoints/stream.ts";
import { sendFile } from "../streaming/send-file.ts";
import type { Call, Endpoint } from "./call.ts";
import { SubsonicError } from "./subsonic-error.ts";

/** The file as it stands: what is asked of formats and bit rates is a wish, and Overture does not convert. */
async function sendTrack({ parameters, library, listening, owner, request, reply }: Call): Promise<null> {
  const track = library.library.file(parameters.need("id"));
  if (track === null) throw new SubsonicError(70);
  const end = listening.streams.begin(owner.accountId);
  if (end === null)
    throw new SubsonicError(50, { message: "That is more streams than one may have at once." });
  reply.raw.once("close", end);
  if (!(await sendFile(request, reply, { ...track, cacheControl: audioCacheControl })))
    throw new SubsonicError(70);
  return null;
}

/** stream, download, getCoverArt. */
export const mediaEndpoints: Readonly<Record<string, Endpoint>> = {
  stream: sendTrack,
  download: sendTrack,

  /** By a cover's id, as it stands in songs; or by that of a song, album or artist. */
  getCoverArt: async ({ parameters, library, request, reply }) => {
    const id = parameters.need("id");
    const items = library.library;
    const ofItem = items.track(id) ?? items.album(id) ?? items.artist(id);
    const cover = library.covers.find(ofItem?.coverId ?? id);
    const sent =
      cover !== null &&
      (await sendFile(request, reply, { ...cover, path: cover.file, cacheControl: coverCacheControl }));
    if (!sent) throw new SubsonicError(70);
    return null;
  },
};
