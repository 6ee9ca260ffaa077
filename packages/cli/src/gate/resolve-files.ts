import path from "node:path";

import type { GateConfig, GateSource } from "./gate-config.ts";
import type { GateIdentity } from "./identity-config.ts";

/** The configuration with its file names resolved against its own folder. */
export function resolveFiles(config: GateConfig, folder: string): GateConfig {
  const resolved = (file: string): string => path.resolve(folder, file);
  const optional = (file: string | null): string | null => (file === null ? null : resolved(file));
  return {
    ...config,
    source: config.source === null ? null : sourceIn(config.source, resolved),
    keys: config.keys.map(resolved),
    trustRoot: optional(config.trustRoot),
    ageIdentity: optional(config.ageIdentity),
    freshness:
      config.freshness === null ? null : { ...config.freshness, keys: config.freshness.keys.map(resolved) },
    state: optional(config.state),
    identity: config.identity === null ? null : identityIn(config.identity, resolved),
    proxySecretFile: optional(config.proxySecretFile),
  };
}

function sourceIn(source: GateSource, resolved: (file: string) => string): GateSource {
  switch (source.kind) {
    case "file":
      return { kind: "file", file: resolved(source.file) };
    case "url":
      return { ...source, tokenFile: source.tokenFile === null ? null : resolved(source.tokenFile) };
    case "static":
      return source;
  }
}

function identityIn(identity: GateIdentity, resolved: (file: string) => string): GateIdentity {
  if (identity.kind !== "token" || identity.jwks.kind !== "file") return identity;
  return { ...identity, jwks: { kind: "file", file: resolved(identity.jwks.file) } };
}
