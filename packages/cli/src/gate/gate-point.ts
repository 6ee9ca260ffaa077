import {
  EnforcementPoint,
  FileBundleSource,
  fileBundleSourceDefaults,
  HttpBundleSource,
  httpBundleSourceDefaults,
  StaticBundleSource,
  staticBundleSourceDefaults,
} from "@cordon/enforcement";
import type { BundleSource } from "@cordon/enforcement";
import path from "node:path";

import { CliError } from "../cli-error.ts";
import { readInputFile } from "../input-file.ts";
import type { GateConfig } from "./gate-config.ts";
import { readPublicPems, readSecret } from "./gate-secrets.ts";

const trustRootBytesMax = 64 * 1024;

/** Clock and randomness, which everything below the command line is given. */
export interface GateWorld {
  readonly nowMs: () => number;
  readonly random: () => number;
  /** CORDON_TOKEN; null: it is not set. */
  readonly cordonToken: string | null;
}

interface ControlPlaneAccess {
  readonly url: string;
  readonly token: string;
}

interface GatePoint {
  readonly point: EnforcementPoint;
  /** Where progress can be reported to; null: bundles come from elsewhere. */
  readonly controlPlane: ControlPlaneAccess | null;
}

/** An enforcement point as the configuration has it, not started. Throws a CliError for what is missing or can't be read. */
export async function gatePoint(config: GateConfig, world: GateWorld): Promise<GatePoint> {
  const { source, state, freshness } = config;
  if (source === null)
    throw new CliError("ERR_CLI_USAGE", "no bundles, expected `source` or --url or --bundle-file");
  if (state === null)
    throw new CliError("ERR_CLI_USAGE", "no folder for the last good bundle, expected `state` or --state");
  // By the port, so that the gates of one machine can have one folder.
  const kept = (name: string): string => path.join(state, `${config.listen.port}-${name}`);
  const controlPlane =
    source.kind === "url" ? { url: source.url, token: await tokenOf(source.tokenFile, world) } : null;
  const { age, stamps } = {
    age: config.ageIdentity === null ? null : await readSecret(config.ageIdentity, "an age identity"),
    stamps: freshness === null ? null : await readPublicPems(freshness.keys),
  };
  const point = new EnforcementPoint({
    source: bundleSource(config, controlPlane, world),
    ...(await trustOf(config, kept("trust.updates"))),
    ...(freshness === null || stamps === null
      ? {}
      : {
          freshness: {
            ...(stamps.length === 0 ? {} : { publicKeys: stamps, threshold: freshness.threshold }),
            keptFile: kept("freshness.stamp"),
            graceMs: freshness.graceMs,
          },
        }),
    ...(age === null ? {} : { ageIdentity: age }),
    lastGoodFile: kept("last-good.bundle"),
    beforeFirstBundle: config.beforeFirstBundle,
    withoutPlatform: config.withoutPlatform,
    keepServing: config.keepServing,
    ...(config.whenUncertain === null ? {} : { whenUncertain: config.whenUncertain }),
    mode: config.mode,
    bundleBytesMax: config.maxBytes,
    retryAfterSeconds: config.retryAfterSeconds,
    nowMs: world.nowMs,
    random: world.random,
  });
  return { point, controlPlane };
}

async function trustOf({ trustRoot, keys, threshold }: GateConfig, keptFile: string) {
  if (trustRoot !== null && keys.length === 0) {
    return { trust: { root: await readInputFile(trustRoot, trustRootBytesMax, "a trust root"), keptFile } };
  }
  if (keys.length === 0)
    throw new CliError("ERR_CLI_USAGE", "no public key, expected `keys`, `trustRoot` or --key");
  if (threshold > keys.length) {
    const what = `a threshold of ${threshold} can't be met by ${keys.length} keys`;
    throw new CliError("ERR_CLI_USAGE", `${what}, expected one from 1 to ${keys.length}`);
  }
  return { publicKeys: await readPublicPems(keys), threshold };
}

async function tokenOf(file: string | null, { cordonToken }: GateWorld): Promise<string> {
  if (file !== null) return readSecret(file, "the control plane's token");
  if (cordonToken !== null) return cordonToken;
  throw new CliError("ERR_CLI_USAGE", "no token of the control plane, expected `tokenFile` or CORDON_TOKEN");
}

function bundleSource(
  { source, maxBytes }: GateConfig,
  controlPlane: ControlPlaneAccess | null,
  { random }: GateWorld,
): BundleSource {
  const given = { bundleBytesMax: maxBytes, random };
  if (controlPlane !== null)
    return new HttpBundleSource({ ...httpBundleSourceDefaults, ...given, ...controlPlane });
  if (source?.kind === "static") {
    return new StaticBundleSource({ ...staticBundleSourceDefaults, ...given, url: source.url });
  }
  const file = source?.kind === "file" ? source.file : "";
  return new FileBundleSource({ ...fileBundleSourceDefaults, ...given, file });
}
