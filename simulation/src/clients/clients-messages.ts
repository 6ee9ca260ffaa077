import type { ClientCounts } from "./app-clients.ts";

/** What the clients' process is told at its start, as JSON. */
export interface ClientsConfig {
  readonly accounts: number;
  readonly seed: number;
  readonly drillFolder: string;
  readonly instances: readonly string[];
}

/** To the clients' process. */
export type ClientsRequest =
  { readonly kind: "first-round"; readonly overMs: number } | { readonly kind: "last-round" };

/** From the clients' process. */
export type ClientsMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly counts: ClientCounts }
  | { readonly kind: "round-done"; readonly counts: ClientCounts; readonly failures: readonly string[] };
