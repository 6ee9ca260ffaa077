import { formatInstant, parseDuration, parseInstant } from "@cordon/model";
import { CliError } from "./cli-error.ts";

/** For commander: milliseconds of a time. */
export function instantOption(option: string): (text: string) => number {
  return (text) => {
    const ms = parseInstant(text);
    if (ms !== null) return ms;
    const expected = "an RFC 3339 time with `Z`, as in 2014-05-27T12:00:00Z";
    throw new CliError("ERR_CLI_USAGE", `${option}: \`${text}\` is no time, expected ${expected}`);
  };
}

/** For commander: a whole number from `least` to `most`. */
export function wholeNumberOption(
  option: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`;
    throw new CliError("ERR_CLI_USAGE", `${option}: \`${text}\`, expected a whole number ${range}`);
  };
}

/** For commander: an option that may stand several times. */
export function repeatedOption(text: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), text];
}

/** A time for the eye and for JSON; null stays null. */
export function instantText(ms: number | null): string | null {
  return ms === null ? null : formatInstant(ms);
}

/** For commander: milliseconds of a duration. */
export function durationOption(option: string): (text: string) => number {
  return (text) => {
    const ms = parseDuration(text);
    if (ms !== null) return ms;
    throw new CliError("ERR_CLI_USAGE", `${option}: \`${text}\`, expected a duration: 90s, 10m, 2h, 1d`);
  };
}

/** For commander: a share from 0 to 1. */
export function shareOption(option: string): (text: string) => number {
  return (text) => {
    const share = Number(text);
    if (text.trim() !== "" && share >= 0 && share <= 1) return share;
    throw new CliError("ERR_CLI_USAGE", `${option}: \`${text}\`, expected a share from 0 to 1`);
  };
}
