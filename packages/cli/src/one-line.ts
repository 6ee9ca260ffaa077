const lineLengthMax = 2_000;

/** Text as one line of a terminal: control characters are escaped, so that input can't forge lines or colours. */
export function oneLine(text: string): string {
  const escaped = text.replace(
    // eslint-disable-next-line no-control-regex -- control characters are what this replaces
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/gu,
    (character) =>
      JSON.stringify(character)
        .slice(1, -1)
        .replace(/^[^\\]$/u, unicodeEscape),
  );
  return escaped.length > lineLengthMax ? `${escaped.slice(0, lineLengthMax)}…` : escaped;
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
