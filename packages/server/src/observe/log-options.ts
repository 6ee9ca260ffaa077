/** Where log lines go. */
export interface LogSink {
  write(line: string): void;
}

/**
 * How Fastify's logger writes: one JSON object a line with time, level, request id, route and status. INVARIANT: no URL, address,
 * header or body is in it, since they hold account ids and tokens; a route stands for all that it may be called with.
 */
export function logOptions(sink: LogSink) {
  return {
    level: "info",
    stream: sink,
    base: { program: "cordon" },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: {
      req: () => ({}),
      res: () => ({}),
      // A message of the database or of a parser may quote what it was given.
      err: (error: unknown) => ({
        type: error instanceof Error ? error.name : "unknown",
        message: error instanceof Error && "code" in error ? String(error.code) : "",
        stack: "",
      }),
    },
  };
}
