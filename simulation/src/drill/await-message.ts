import type { Child } from "./child-process.ts";

/** The next message of a child that `pick` takes. Rejects when the child ends first. */
export async function awaitMessage<T>(child: Child, pick: (message: unknown) => T | null): Promise<T> {
  return new Promise((resolve, reject) => {
    child.onMessage((message) => {
      const picked = pick(message);
      if (picked !== null) resolve(picked);
    });
    void child.ended.then((exit) => {
      reject(child.failure(exit));
    });
  });
}

/** Resolves when a child has ended well; rejects when it failed. */
export async function awaitSuccess(child: Child): Promise<void> {
  const exit = await child.ended;
  if (exit.code !== 0) throw child.failure(exit);
}
