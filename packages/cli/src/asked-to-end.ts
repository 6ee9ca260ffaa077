/** Resolves at the first SIGINT or SIGTERM, or when the parent that holds an IPC channel to this process is gone. */
export function askedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => resolve());
    process.once("disconnect", () => resolve());
  });
}
