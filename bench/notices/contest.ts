import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";

interface Sent {
  readonly sent: number;
  readonly milliseconds: number;
  readonly peakRssBytes: number;
  readonly cpuMs: number;
}

async function word(child: ChildProcess): Promise<unknown> {
  const over = new AbortController();
  try {
    const words: unknown[] = await Promise.race([
      once(child, "message", { signal: over.signal }),
      once(child, "exit", { signal: over.signal }).then(() => {
        throw new Error("a process of the bench ended early");
      }),
    ]);
    return words[0];
  } finally {
    over.abort();
  }
}

export interface Sink {
  readonly port: number;
  readonly messages: () => Promise<number>;
  readonly close: () => void;
}

export async function startSink(latencyMs: number): Promise<Sink> {
  const child = fork(new URL("sink-process.ts", import.meta.url), [String(latencyMs)]);
  const { port } = (await word(child)) as { port: number };
  return {
    port,
    async messages() {
      child.send("how many");
      return ((await word(child)) as { messages: number }).messages;
    },
    close: () => child.kill(),
  };
}

/** Runs senders side by side, begun at one moment. */
export async function runSenders(
  commandLines: readonly (readonly (string | number)[])[],
): Promise<readonly Sent[]> {
  const children = commandLines.map((args) =>
    fork(new URL("sender-process.ts", import.meta.url), args.map(String)),
  );
  await Promise.all(children.map(word));
  const done = children.map(word);
  for (const child of children) child.send("go");
  return (await Promise.all(done)) as Sent[];
}
