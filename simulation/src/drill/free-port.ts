import { createServer } from "node:net";
import { DrillError } from "./drill-error.ts";

/** `port` when it is free on 127.0.0.1, any free one for null. Throws `ERR_DRILL_INPUT` when it is taken. */
export async function freePort(port: number | null): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why =
        error.code === "EADDRINUSE" ? "is in use" : `can't be listened on (${error.code ?? error.message})`;
      reject(new DrillError("ERR_DRILL_INPUT", `port ${port ?? 0} ${why}, expected a free one (--port N)`));
    });
    server.listen(port ?? 0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new DrillError("ERR_DRILL_PROCESS", "no free port"));
      });
    });
  });
}
