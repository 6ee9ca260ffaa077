import { uncertainOutcomes } from "@cordon/enforcement";
import type { UncertainOutcome, WhenUncertain } from "@cordon/enforcement";
import { measures } from "@cordon/gate";
import type { Measure } from "@cordon/gate";
import { InputError } from "@cordon/model";
import type { SourceText } from "@cordon/model";

import { ConfigFields } from "./config-fields.ts";
import { gateConfigDefaults, isLoopback, proxies } from "./gate-config.ts";
import type { GateConfig, GateFreshness, GateSource } from "./gate-config.ts";
import { parseIdentity } from "./identity-config.ts";

const allowOrRefuse = ["allow", "refuse"] as const;

/** Reads the value of a gate's YAML file. Throws an InputError that names the key for whatever is not as documented. */
export function parseGateConfig(value: unknown, sourceAt: SourceText): GateConfig {
  const config = new ConfigFields(value, [], sourceAt);
  const given = gateConfigDefaults;
  const choice = (key: string, otherwise: "allow" | "refuse") =>
    config.has(key) ? config.oneOf(key, allowOrRefuse) : otherwise;
  const parsed: GateConfig = {
    listen: config.has("listen") ? listenOf(config) : given.listen,
    proxy: config.has("proxy") ? config.oneOf("proxy", proxies) : given.proxy,
    mode: config.has("mode") ? config.oneOf("mode", ["enforce", "shadow"]) : given.mode,
    source: config.has("source") ? sourceOf(config.mapping("source")) : null,
    keys: config.has("keys") ? config.texts("keys") : [],
    threshold: config.has("threshold") ? config.wholeNumber("threshold", 1, 255) : given.threshold,
    trustRoot: config.optionalText("trustRoot"),
    ageIdentity: config.optionalText("ageIdentityFile"),
    freshness: config.has("freshness") ? freshnessOf(config.mapping("freshness")) : null,
    state: config.optionalText("state"),
    maxBytes: config.has("maxBytes") ? config.wholeNumber("maxBytes", 1, 2 ** 32 - 1) : given.maxBytes,
    beforeFirstBundle: choice("beforeFirstBundle", given.beforeFirstBundle),
    keepServing: config.has("keepServing") ? config.yesOrNo("keepServing") : given.keepServing,
    withoutPlatform: choice("withoutPlatform", given.withoutPlatform),
    whenUncertain: config.has("whenUncertain") ? whenUncertainOf(config.mapping("whenUncertain")) : null,
    retryAfterSeconds: retryAfterOf(config.mapping("retryAfter")),
    identity: parseIdentity(config),
    refusals: {
      none: choice("withoutToken", given.refusals.none),
      invalid: choice("invalidToken", given.refusals.invalid),
      unknown: choice("tokenKeysUnavailable", given.refusals.unknown),
    },
    proxySecretFile: config.optionalText("proxySecretFile"),
    progressName: progressOf(config),
    drainMs: config.has("drain") ? config.durationMs("drain") : given.drainMs,
  };
  config.finish();
  if (
    parsed.identity?.kind === "headers" &&
    parsed.proxySecretFile === null &&
    !isLoopback(parsed.listen.host)
  ) {
    const what = "`identityHeaders` beyond the loopback interface would be believed from anybody";
    throw config.fault("identityHeaders", what, "`proxySecretFile`, or `listen` on 127.0.0.1");
  }
  if (parsed.trustRoot !== null && parsed.keys.length > 0) {
    throw config.fault("keys", "both `keys` and `trustRoot`", "one of them");
  }
  return parsed;
}

function listenOf(config: ConfigFields): GateConfig["listen"] {
  const text = config.text("listen");
  const match = /^(?:(?<host>[^:]+|\[[^\]]+\]):)?(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.["port"] ?? NaN);
  if (!(port <= 65_535))
    throw config.fault("listen", `\`${text}\` is no address`, "HOST:PORT, as in 127.0.0.1:7411");
  const host = match?.groups?.["host"] ?? gateConfigDefaults.listen.host;
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port };
}

function sourceOf(source: ConfigFields): GateSource {
  const given = ["url", "static", "file"].filter((key) => source.has(key));
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    const path = given[1] === undefined ? source.path : [...source.path, given[1]];
    throw new InputError(path, `${given.length} places of bundles`, "one of `url`, `static`, `file`");
  }
  let parsed: GateSource;
  if (kind === "file") parsed = { kind, file: source.text(kind) };
  else if (kind === "static") parsed = { kind, url: httpUrl(source, kind) };
  else parsed = { kind: "url", url: httpUrl(source, kind), tokenFile: source.optionalText("tokenFile") };
  source.finish();
  return parsed;
}

function httpUrl(source: ConfigFields, key: string): string {
  const text = source.text(key);
  const protocol = URL.parse(text)?.protocol;
  if (protocol === "http:" || protocol === "https:") return text;
  throw source.fault(key, `\`${text}\` is no http(s) URL`, "an http(s) URL");
}

function freshnessOf(freshness: ConfigFields): GateFreshness {
  const parsed = {
    keys: freshness.has("keys") ? freshness.texts("keys") : [],
    threshold: freshness.has("threshold") ? freshness.wholeNumber("threshold", 1, 255) : 1,
    graceMs: freshness.durationMs("grace"),
  };
  freshness.finish();
  return parsed;
}

function whenUncertainOf(fields: ConfigFields): WhenUncertain {
  const named: Partial<Record<Measure, UncertainOutcome>> = {};
  const byDefault = fields.has("default") ? fields.oneOf("default", uncertainOutcomes) : "apply";
  for (const measure of measures) {
    if (fields.has(measure)) named[measure] = fields.oneOf(measure, uncertainOutcomes);
  }
  fields.finish();
  return { default: byDefault, ...named };
}

function retryAfterOf(fields: ConfigFields): GateConfig["retryAfterSeconds"] {
  const { least, most } = gateConfigDefaults.retryAfterSeconds;
  const seconds = (key: string, otherwise: number) =>
    fields.has(key) ? fields.durationMs(key) / 1000 : otherwise;
  const parsed = { least: seconds("least", least), most: seconds("most", most) };
  fields.finish();
  if (parsed.least <= parsed.most) return parsed;
  throw fields.fault("least", "the least is over the most", "`least` at most `most`");
}

function progressOf(config: ConfigFields): string | null {
  const progress = config.mapping("progress");
  const name = config.has("progress") ? progress.text("name") : null;
  progress.finish();
  if (name === null || /^[A-Za-z0-9._:-]{1,100}$/.test(name)) return name;
  throw progress.fault("name", `\`${name}\` is no name`, "1 to 100 of A-Z a-z 0-9 . _ : -");
}
