const commentLengthMax = 300;

/**
 * Text for a comment: one line, bounded, and nothing in it that could end the comment, whatever a log held. Control
 * characters, line separators, byte order marks and half surrogates are escaped.
 */
export function commentText(text: string): string {
  const cut = text.length > commentLengthMax ? `${text.slice(0, commentLengthMax)}…` : text;
  return cut.replace(
    // eslint-disable-next-line no-control-regex -- control characters are what this replaces
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|\p{Cs}/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A text as a YAML scalar that reads back as this very text: bare where that is safe, else quoted. */
export function yamlText(text: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(text) && !/^(null|true|false|yes|no|on|off|y|n)$/i.test(text))
    return text;
  // eslint-disable-next-line no-control-regex -- those a single-quoted scalar does not keep
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|\p{Cs}/u.test(text)) {
    return JSON.stringify(text).replace(
      /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
      (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  }
  return `'${text.replaceAll("'", "''")}'`;
}

/** A value of a list: numbers, booleans and null stand as they are. */
export function yamlScalar(value: string | number | boolean | null): string {
  return typeof value === "string" ? yamlText(value) : String(value);
}
