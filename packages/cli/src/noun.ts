import type { Command } from "commander";

const descriptions: Readonly<Record<string, string>> = {
  evidence: "logs before and after they are imported",
  bundle: "policies in force as signed files",
  gate: "one decision after the other",
  trust: "whose signatures count at enforcement points",
  release: "which enforcement points are given a new bundle first",
  key: "Ed25519 keys",
  journal: "the log of what was decided",
  incident: "one incident, from its opening to what is kept of it",
  plan: "measures and how they are put in force",
  rate: "watched rates, which pause a run",
  witness: "who keeps an eye on logs of others",
  directory: "accounts and installations",
  account: "one person's account",
  duties: "legal deadlines, with their sources",
  notices: "messages to people, and what became of each",
  operator: "who may act, and as what",
  token: "API tokens of one's own",
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
