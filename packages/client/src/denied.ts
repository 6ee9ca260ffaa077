import { member } from "./answer.ts";

/** Problem documents are small; a longer one is not Cordon's. */
const problemCharsMax = 64 * 1024;

/** The problems that a directive answers (contracts 5). Being without a policy is none: there is nothing to ask. */
const denials: ReadonlySet<unknown> = new Set(
  ["client-refused", "reauthentication-required", "password-change-required", "upgrade-required"].map(
    (name) => `urn:cordon:problem:${name}`,
  ),
);

/** Whether a response is the gate's denial. Its body stays unread for the caller. */
export async function isDenial(response: Response): Promise<boolean> {
  if (response.status !== 401 && response.status !== 403) return false;
  if (!/^application\/problem\+json\b/i.test(response.headers.get("content-type") ?? "")) return false;
  if (Number(response.headers.get("content-length") ?? 0) > problemCharsMax) return false;
  try {
    return denials.has(member(JSON.parse(await response.clone().text()), "type"));
  } catch {
    // Read already, cut, or no JSON: not a denial that Cordon has written.
    return false;
  }
}
