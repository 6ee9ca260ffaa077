/** What an OFREP request asks for: one flag by its key, or all of them. */
export type OfrepTarget = { readonly kind: "bulk" } | { readonly kind: "flag"; readonly key: string };

const evaluate = "/ofrep/v1/evaluate/flags";

/** Null for a path that is none of OFREP's. A key that is no valid percent encoding is taken as it stands. */
export function ofrepTarget(url: string): OfrepTarget | null {
  if (!url.startsWith(evaluate)) return null;
  const query = url.indexOf("?");
  const path = query === -1 ? url : url.slice(0, query);
  if (path === evaluate) return { kind: "bulk" };
  const key = path.slice(evaluate.length + 1);
  if (path[evaluate.length] !== "/" || key === "" || key.includes("/")) return null;
  return { kind: "flag", key: decoded(key) };
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
