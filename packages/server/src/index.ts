export { startServer, type RunningServer, type ServerOptions } from "./start-server.ts";
export { ServerError } from "./errors.ts";
export type { IssuerSettings } from "./operators/issuer.ts";
