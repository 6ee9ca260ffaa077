import type { CommandMark, IncidentEvent } from "@cordon/response";

/** What a command that was marked with a key has made. */
export interface RememberedCommand {
  readonly requestDigest: string;
  readonly incidentId: string;
  readonly event: IncidentEvent;
}

/** Commands with a key that can be repeated; older ones are forgotten first. */
const rememberedCommandsMax = 20_000;

/** The first event of each command that came with an idempotency key, by operator and key. */
export class CommandMemory {
  readonly #commands = new Map<string, RememberedCommand>();

  remember(operator: string, mark: CommandMark, command: Omit<RememberedCommand, "requestDigest">): void {
    this.#commands.set(nameOf(operator, mark.key), { ...command, requestDigest: mark.requestDigest });
    if (this.#commands.size <= rememberedCommandsMax) return;
    for (const oldest of this.#commands.keys()) {
      this.#commands.delete(oldest);
      return;
    }
  }

  find(operator: string, key: string): RememberedCommand | null {
    return this.#commands.get(nameOf(operator, key)) ?? null;
  }
}

function nameOf(operator: string, key: string): string {
  return `${operator}\n${key}`;
}
