import type { CordonClient } from "@cordon/sdk";
import type { Command } from "commander";
import { CliError } from "./cli-error.ts";
import { alignColumns } from "./align-columns.ts";

type Operator = Awaited<ReturnType<CordonClient["listOperators"]>>["operators"][number];
type OperatorRole = Operator["roles"][number];

const operatorRoles: readonly OperatorRole[] = [
  "viewer",
  "investigator",
  "responder",
  "approver",
  "administrator",
];

/** Where the control plane is, and whose token speaks to it. */
export function addServerOptions(command: Command, whose: string): Command {
  return command
    .option("--url <url>", "the control plane (default: CORDON_URL, else http://127.0.0.1:7400)")
    .option("--home <dir>", `home folder whose ${whose} token is used, without CORDON_TOKEN`)
    .option("--json", "print one JSON document");
}

/** The role that a value names; null when it names none. */
export function operatorRole(value: unknown): OperatorRole | null {
  return operatorRoles.find((role) => role === value) ?? null;
}

/** For commander: `viewer,approver`. */
export function rolesOption(text: string): OperatorRole[] {
  return text.split(",").map((part) => {
    const role = operatorRole(part.trim());
    if (role !== null) return role;
    const expected = `some of ${operatorRoles.join(", ")}, with commas between`;
    throw new CliError("ERR_CLI_USAGE", `--roles: \`${part}\`, expected ${expected}`);
  });
}

export function operatorLines(operators: readonly Operator[]): readonly string[] {
  return alignColumns(
    operators.map(({ name, displayName, state, signsIn, roles }) => [
      name,
      state,
      signsIn,
      roles.join(","),
      displayName === name ? "" : displayName,
    ]),
  );
}
