/** Longest line of an event stream that is waited for; the events carry nothing. */
const lineCharsMax = 4096;

/**
 * Calls `onEvent` for each event of a `text/event-stream` body (HTML standard, 9.2.6) that is more than a comment.
 * What the event says does not matter: all events of a bundle source mean "look again". Resolves when the stream ends.
 */
export async function readEvents(
  body: ReadableStream<Uint8Array>,
  onEvent: () => void,
  onBytes: () => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let line = "";
  let fields = 0;
  for await (const chunk of body) {
    onBytes();
    for (const character of decoder.decode(chunk, { stream: true })) {
      if (character === "\n") {
        const text = line.endsWith("\r") ? line.slice(0, -1) : line;
        line = "";
        if (text !== "") {
          if (!text.startsWith(":")) fields += 1;
          continue;
        }
        if (fields > 0) onEvent();
        fields = 0;
        continue;
      }
      if (line.length < lineCharsMax) line += character;
    }
  }
}
