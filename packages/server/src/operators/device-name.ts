/** Most specific first: Edge says that it is Chrome too, and Chrome that it is Safari. */
const browsers = [
  ["Edg/", "Edge"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const;
const systems = [
  ["Windows", "Windows"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Android", "Android"],
  ["Mac OS X", "macOS"],
  ["Linux", "Linux"],
] as const;

/** What a browser says of itself, as far as its owner needs it to know it again: `Firefox on Linux`. */
export function deviceName(userAgent: string | undefined): string {
  const find = (names: readonly (readonly [string, string])[]) =>
    names.find(([part]) => userAgent?.includes(part) === true)?.[1];
  return `${find(browsers) ?? "a browser"} on ${find(systems) ?? "a device"}`;
}
