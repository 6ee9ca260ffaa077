import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below the ports that Linux and macOS give to connections and to listeners on port 0. */
const from = 20_000;
const below = 32_768;
const attemptsMax = 100;

/**
 * A port of 127.0.0.1 for a server that must know its port beforehand, or be found there again after a restart. No system gives it away by
 * itself, as it may with one that was got by listening on port 0 and given back: in another test process that would be taken a moment later.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const port = randomInt(from, below);
    const probe = createServer();
    const outcome = await new Promise<boolean>((resolve) => {
      probe.once("error", () => resolve(false));
      probe.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!outcome) continue;
    probe.close();
    await once(probe, "close");
    return port;
  }
  throw new Error(`no free port between ${from} and ${below}`);
}
