import type { IdentityRefusals, PointMode, WhenUncertain } from "@cordon/enforcement";

import type { GateIdentity } from "./identity-config.ts";

/** Proxies whose way of asking is known; all but nginx pass an answer on whole. */
export const proxies = ["nginx", "caddy", "traefik", "envoy"] as const;
export type Proxy = (typeof proxies)[number];

/** Where the bundles of a gate come from. Files are as they were written, relative to the configuration's folder. */
export type GateSource =
  /** A control plane; null: the token is in CORDON_TOKEN. */
  | { readonly kind: "url"; readonly url: string; readonly tokenFile: string | null }
  | { readonly kind: "static"; readonly url: string }
  | { readonly kind: "file"; readonly file: string };

export interface GateFreshness {
  /** Empty with a trust root, which names them. */
  readonly keys: readonly string[];
  readonly threshold: number;
  readonly graceMs: number;
}

/** What `cordon gate serve` is told, by its configuration and its options. */
export interface GateConfig {
  readonly listen: { readonly host: string; readonly port: number };
  readonly proxy: Proxy;
  readonly mode: PointMode;
  readonly source: GateSource | null;
  /** Public keys; empty with a trust root. */
  readonly keys: readonly string[];
  readonly threshold: number;
  readonly trustRoot: string | null;
  readonly ageIdentity: string | null;
  readonly freshness: GateFreshness | null;
  /** The folder that keeps the last good bundle. */
  readonly state: string | null;
  readonly maxBytes: number;
  readonly beforeFirstBundle: "allow" | "refuse";
  readonly keepServing: boolean;
  readonly withoutPlatform: "refuse" | "allow";
  readonly whenUncertain: WhenUncertain | null;
  readonly retryAfterSeconds: { readonly least: number; readonly most: number };
  readonly identity: GateIdentity | null;
  readonly refusals: IdentityRefusals;
  readonly proxySecretFile: string | null;
  /** The name under which progress is reported to the control plane; null: it is not. */
  readonly progressName: string | null;
  readonly drainMs: number;
}

/** A configuration that says nothing. */
export const gateConfigDefaults: GateConfig = {
  listen: { host: "127.0.0.1", port: 7411 },
  proxy: "nginx",
  mode: "enforce",
  source: null,
  keys: [],
  threshold: 1,
  trustRoot: null,
  ageIdentity: null,
  freshness: null,
  state: null,
  maxBytes: 64 * 1024 * 1024,
  beforeFirstBundle: "allow",
  keepServing: true,
  withoutPlatform: "refuse",
  whenUncertain: null,
  retryAfterSeconds: { least: 2, most: 30 },
  identity: null,
  refusals: { none: "allow", invalid: "refuse", unknown: "refuse" },
  proxySecretFile: null,
  progressName: null,
  drainMs: 5_000,
};

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
