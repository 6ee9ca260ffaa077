import { isJsonObject, type JsonObject } from "@cordon/model";
import { askUrl, checkedUrl, jsonOf, type Asked, type AskOptions } from "./ask-url.ts";
import type { Finding } from "./finding.ts";

const measures = [
  "reauthenticate",
  "reauthenticate by key",
  "change_password",
  "upgrade",
  "redownload",
  "refuse_client",
] as const;

/**
 * Asks a gateway three things that change nothing, each once and without a token: `GET /status`, `POST
 * /ofrep/v1/evaluate/flags` with an empty context, and `GET /auth` as a proxy would. What is not there says nothing: a
 * service that guards itself has no `/auth`, a proxy in front may hide `/status`. Throws an EnforcementError when nothing
 * answers at all.
 */
export async function askGateway(gatewayUrl: string, options: AskOptions): Promise<readonly Finding[]> {
  checkedUrl(gatewayUrl, "the gateway");
  const at = (path: string): URL => checkedUrl(`${gatewayUrl.replace(/\/+$/, "")}${path}`, "the gateway");
  const status = await askUrl(at("/status"), options);
  const flags = await askUrl(at("/ofrep/v1/evaluate/flags"), {
    ...options,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"context":{}}',
  });
  const auth = await askUrl(at("/auth"), options);
  return [...statusFindings(status), directivesFinding(flags), denialFinding(auth)];
}

function statusFindings({ status, text }: Asked): readonly Finding[] {
  const value = status === 200 ? jsonOf(text) : undefined;
  if (!isJsonObject(value) || !("bundle" in value)) {
    return [
      {
        check: "gateway-status",
        verdict: "unknown",
        measures,
        text: `no status there (\`/status\` answered ${status}), so nothing says whether it enforces`,
        evidence: { status },
        change: "ask the address on which `gate serve` listens, not the proxy in front of it",
      },
    ];
  }
  return [modeFinding(value), bundleFinding(value), freshnessFinding(value)];
}

function modeFinding({ mode }: JsonObject): Finding {
  const shadow = mode === "shadow";
  return {
    check: "gateway-mode",
    verdict: shadow ? "fails" : "works",
    measures,
    text: shadow ? "it runs in shadow: it decides and counts, and denies nothing" : "it enforces",
    evidence: { enforces: Number(!shadow) },
    change: shadow ? "start it without shadow mode when its counters say what you expect" : null,
  };
}

function bundleFinding({ bundle, refusal, kept }: JsonObject): Finding {
  const base = { check: "gateway-bundle", measures };
  const refused = typeof refusal === "string" ? `; the newest one offered was refused: ${refusal}` : "";
  if (!isJsonObject(bundle)) {
    return {
      ...base,
      verdict: "fails",
      text: `no bundle is in force${refused}`,
      evidence: { version: 0 },
      change: "look at its source, its keys and its counters",
    };
  }
  const version = typeof bundle["version"] === "number" ? bundle["version"] : 0;
  const expired = bundle["expired"] === true;
  const untrusted = bundle["trusted"] === false;
  const bad = expired || untrusted || refused !== "";
  return {
    ...base,
    verdict: bad ? "partly" : "works",
    text:
      `version ${version} is in force` +
      (expired ? ", expired" : "") +
      (untrusted ? ", no longer signed by enough trusted keys" : "") +
      refused +
      (kept === false ? "; it is not kept on disk" : ""),
    evidence: { version, expired: Number(expired), kept: Number(kept === true) },
    change: bad ? "publish a bundle that this gateway takes" : null,
  };
}

function freshnessFinding({ freshness, staleBecause }: JsonObject): Finding {
  const stale = freshness === "stale";
  const because = typeof staleBecause === "string" ? ` (${staleBecause})` : "";
  return {
    check: "gateway-freshness",
    verdict: stale ? "partly" : "works",
    measures: stale ? measures : [],
    text: stale
      ? `what it has is stale${because}`
      : freshness === "fresh"
        ? "signed stamps say that it has the newest bundle"
        : "it uses no freshness stamps: nobody notices when newer bundles are held back",
    evidence: { fresh: Number(freshness === "fresh"), stale: Number(stale) },
    change: stale ? "look at its connection to the bundles' host" : null,
  };
}

function directivesFinding({ status, headers, text }: Asked): Finding {
  const value = status === 200 ? jsonOf(text) : undefined;
  const flags: unknown = isJsonObject(value) ? value["flags"] : undefined;
  const answers =
    Array.isArray(flags) && flags.some((flag) => isJsonObject(flag) && flag["key"] === "cordon.directives");
  const etag = headers.has("etag");
  return {
    check: "gateway-directives",
    verdict: answers ? (etag ? "works" : "partly") : "fails",
    measures: ["upgrade", "redownload"],
    text: answers
      ? `clients can ask what they must do (OFREP)${etag ? "" : ", but there is no ETag"}`
      : `clients cannot ask what they must do: \`/ofrep/v1/evaluate/flags\` answered ${status}`,
    evidence: { status, etag: Number(etag) },
    change:
      answers && etag
        ? null
        : "let `/ofrep/` through to the gate, without a check of tokens in front, and its ETag back",
  };
}

function denialFinding({ status, headers }: Asked): Finding {
  const challenge = headers.get("www-authenticate");
  const wait = headers.has("retry-after");
  const base = { check: "gateway-denial", measures: [] };
  const evidence = { status, challenge: Number(challenge !== null), retryAfter: Number(wait) };
  if (status === 401) {
    const good = challenge?.startsWith("Bearer") === true && wait;
    return {
      ...base,
      verdict: good ? "works" : "partly",
      measures: good ? [] : ["reauthenticate"],
      text: good
        ? "a request without a token is denied with `WWW-Authenticate: Bearer` and `Retry-After`"
        : "a request without a token is denied, but `WWW-Authenticate` or `Retry-After` is missing",
      evidence,
      change: good ? null : "let the proxy pass both headers on (docs/operate/gateways.md)",
    };
  }
  return {
    ...base,
    verdict: "works",
    text:
      status === 200
        ? "a request without a token is let through to the service"
        : `no forward-auth there (\`/auth\` answered ${status}): a denial's headers were not seen`,
    evidence,
    change: null,
  };
}
