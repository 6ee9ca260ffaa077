import { GateError, parseInstant, parseRequest, type GateRequest } from "@cordon/gate";
import { InputError, isJsonObject } from "@cordon/model";

/** A request of a traffic log: what the gate was asked (contracts 4), and when. */
export interface TrafficRequest {
  readonly atMs: number;
  /** Where the person is at home (ISO 3166); null: the line does not say, so the directory may. */
  readonly market: string | null;
  /** The id of the installation; null: account, platform and store stand for it. */
  readonly installation: string | null;
  readonly request: GateRequest;
}

/** Reads one line of a traffic log. Throws an InputError that names the key and never quotes the line. */
export function parseTrafficRequest(line: string): TrafficRequest {
  const value = parseJson(line);
  if (!isJsonObject(value)) throw new InputError([], "no JSON object", "a JSON object");
  const { at } = value;
  const atMs = typeof at === "string" ? parseInstant(at) : null;
  if (atMs === null) throw new InputError(["at"], "`at` is no time", "an RFC 3339 time with `Z`");
  const market = text(value, "market");
  const installation = text(value, "installation");
  try {
    return { atMs, market, installation, request: parseRequest(value) };
  } catch (error) {
    if (!(error instanceof GateError)) throw error;
    throw new InputError(error.path, error.message, error.expected);
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // The engine's own words quote the line, which may be personal data.
    throw new InputError([], "not JSON", "a JSON object");
  }
}

function text(owner: Readonly<Record<string, unknown>>, key: string): string | null {
  const value = owner[key] ?? null;
  if (value === null || typeof value === "string") return value;
  throw new InputError([key], `\`${key}\` is no text`, "text");
}
