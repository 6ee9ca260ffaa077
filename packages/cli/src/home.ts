import path from "node:path";

/** The home folder as an absolute path: `--home DIR`, else `CORDON_HOME`, else `./.cordon` (contracts 6). */
export function resolveHome(option: string | undefined): string {
  const fromEnvironment = process.env["CORDON_HOME"];
  const named = option ?? (fromEnvironment === "" ? undefined : fromEnvironment) ?? ".cordon";
  return path.resolve(named);
}
