/** A pattern as the engine (RE2) takes it, and the number of its group `account`. */
interface EnginePattern {
  readonly text: string;
  readonly group: number;
}

/** Letters, digits, plain classes, groups and repeats: what JavaScript and RE2 read alike on ASCII text. */
const shared =
  /^(?:[\w\-/:;,@#%&=~<>"'` ]|\\[dDwWsS./\-+*?()[\]{}|^$\\:]|[.^$|*+?]|\[\^?(?:[\w\-/:;,@#%&=~. ]|\\[dwsDWS./\-\]\\])+\]|\((?:\?:|\?<account>)?|\)|\{\d{1,3}(?:,\d{0,3})?\})*$/;

/** Null when the pattern may mean something else to the engine, or nothing: lookarounds, back references, other escapes. */
export function enginePattern(pattern: RegExp): EnginePattern | null {
  const { source } = pattern;
  if (!shared.test(source)) return null;
  const plain = source.replaceAll(/\\./g, "__").replaceAll(/\[[^\]]*\]/g, "_");
  const groups = [...plain.matchAll(/\((?!\?:)/g)];
  const at = plain.indexOf("(?<account>");
  const group = groups.findIndex((found) => found.index === at) + 1;
  return group === 0 ? null : { text: source.replace("(?<account>", "("), group };
}
