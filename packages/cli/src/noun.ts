import type { Command } from "commander";

const descriptions: Readonly<Record<string, string>> = {
  evidence: "logs before and after they are imported",
  bundle: "policies in force as signed files",
  gate: "one decision after the other",
  trust: "whose signatures count at enforcement points",
  release: "which enforcement points are given a new bundle first",
  key: "Ed25519 keys",
  journal: "the log of what was decided",
  directory: "accounts and installations",
};

/** The command group `name` (`cordon bundle …`), made by whichever of its verbs asks first. */
export function noun(program: Command, name: string): Command {
  const existing = program.commands.find((command) => command.name() === name);
  if (existing !== undefined) return existing;
  return program
    .command(name)
    .description(descriptions[name] ?? "")
    .helpCommand(false);
}
