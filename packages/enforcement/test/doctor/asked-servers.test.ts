import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { askDefaults, askGateway, fetchIssuer, type Finding } from "../../src/doctor/index.ts";
import { startForwardAuth } from "../../src/index.ts";
import { signedBundle } from "../signed-bundle.ts";
import { everybodyAgain, testPoint, until } from "../test-point.ts";
import { examined, finding } from "./samples.ts";

const ask = { ...askDefaults, timeoutMs: 30_000, fetch: globalThis.fetch };

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Served {
  readonly url: string;
  readonly asked: string[];
}

/** A server that answers by path; what it does not know is 404. */
async function serving(answers: (url: string) => Readonly<Record<string, Answer>>): Promise<Served> {
  const asked: string[] = [];
  let url = "";
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? "-"}`);
    const { status = 404, headers = {}, body } = answers(url)[request.url ?? ""] ?? {};
    response.writeHead(status, headers);
    response.end(typeof body === "string" ? body : JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url, asked };
}

function discovery(metadata: (url: string) => object, jwks: unknown = { keys: [] }, more: Answer = {}) {
  return serving((url) => ({
    "/.well-known/openid-configuration": { status: 200, body: metadata(url), ...more },
    "/jwks": { status: 200, body: jwks },
  }));
}

describe("an issuer that is asked", () => {
  const usual = (url: string) => ({ issuer: url, jwks_uri: `${url}/jwks` });

  it("must call itself as it was asked for (OIDC Discovery, 4.3), a slash at the end aside", async () => {
    const { url } = await discovery(usual);
    const good = await examined([], { issuer: await fetchIssuer(`${url}/`, ask) });
    expect(finding(good, "issuer").verdict).toBe("works");
    const other = await discovery((own) => ({ ...usual(own), issuer: "https://elsewhere.example" }));
    const bad = await examined([], { issuer: await fetchIssuer(other.url, ask) });
    expect(finding(bad, "issuer").verdict).toBe("fails");
  });

  it("with secret keys in the open is told so at once", async () => {
    const { url } = await discovery(usual, {
      keys: [
        { kty: "oct", kid: "a", k: "c2VjcmV0" },
        { kty: "RSA", kid: "b" },
      ],
    });
    const examination = await examined([], { issuer: await fetchIssuer(url, ask) });
    expect(finding(examination, "issuer-keys")).toMatchObject({ verdict: "fails", evidence: { secret: 1 } });
    expect(JSON.stringify(examination)).not.toContain("c2VjcmV0");
  });

  it("with keys that have no name, or share one, cannot name a stolen one", async () => {
    for (const keys of [
      [{ kty: "RSA" }],
      [
        { kty: "RSA", kid: "a" },
        { kty: "EC", kid: "a" },
      ],
    ]) {
      const { url } = await discovery(usual, { keys });
      const examination = await examined([], { issuer: await fetchIssuer(url, ask) });
      expect(finding(examination, "issuer-keys").verdict).toBe("partly");
    }
  });

  it.each([
    ["http to another machine", () => Promise.resolve({ url: "http://id.example.com" }), /https:\/\/…/],
    [
      "a password in the URL",
      () => Promise.resolve({ url: "https://a:b@id.example.com" }),
      /without a password/,
    ],
    ["an error", () => discovery(usual, {}, { status: 500 }), /answered 500/],
    ["no JSON", () => discovery(usual, {}, { body: "<html>" }), /without a JSON object/],
    [
      "a redirect, which is not followed",
      () => discovery(usual, {}, { status: 302, headers: { location: "/jwks" } }),
      /answered 302/,
    ],
    [
      "keys elsewhere by http",
      () => discovery((url) => ({ issuer: url, jwks_uri: "http://id.example.com/jwks" })),
      /jwks_uri/,
    ],
    ["2 MB", () => discovery(usual, {}, { body: "a".repeat(2 << 20) }), /over 1048576 bytes/],
    ["nothing", () => Promise.resolve({ url: "http://127.0.0.1:9" }), /no answer/],
  ])("refuses %s", async (_, serve, message) => {
    const { url } = await serve();
    await expect(fetchIssuer(url, ask)).rejects.toThrow(message);
  });

  it("is not waited for longer than allowed", async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(fetchIssuer(url, { ...ask, timeoutMs: 50 })).rejects.toThrow(/within 50 ms/);
  });
});

function of(findings: readonly Finding[], check: string): Finding | undefined {
  return findings.find((one) => one.check === check);
}

describe("a gateway that is asked", () => {
  it("once for its status, once for directives and once as a proxy would, never with a token", async () => {
    const { url, asked } = await serving(() => ({}));
    const findings = await askGateway(url, ask);
    expect(asked).toEqual(["GET /status -", "POST /ofrep/v1/evaluate/flags -", "GET /auth -"]);
    expect(of(findings, "gateway-status")?.verdict).toBe("unknown");
    expect(of(findings, "gateway-directives")?.verdict).toBe("fails");
  });

  it("a real forward-auth server that enforces a bundle", async () => {
    const { server, key, point: pointOf } = await testPoint();
    server.serve(signedBundle({ version: 3, rules: [everybodyAgain], keys: [key] }));
    const point = pointOf();
    await point.start();
    await until(() => expect(point.status().bundle?.version).toBe(3));
    const gate = await startForwardAuth({
      point,
      identify: () => Promise.resolve({ kind: "none" }),
      answers: "whole",
      refusals: { none: "refuse", invalid: "refuse", unknown: "refuse" },
      secret: null,
      onFailure: () => undefined,
      host: "127.0.0.1",
      port: 0,
      drainMs: 100,
    });
    onTestFinished(() => gate.close());
    const findings = await askGateway(gate.url, ask);
    expect(of(findings, "gateway-mode")?.verdict).toBe("works");
    expect(of(findings, "gateway-bundle")).toMatchObject({ verdict: "works", evidence: { version: 3 } });
    expect(of(findings, "gateway-directives")).toMatchObject({ verdict: "works", evidence: { etag: 1 } });
    expect(of(findings, "gateway-denial")).toMatchObject({
      verdict: "works",
      evidence: { status: 401, challenge: 1, retryAfter: 1 },
    });
  });

  it("in shadow denies nothing, so no measure works", async () => {
    const { url } = await serving(() => ({
      "/status": {
        status: 200,
        body: {
          mode: "shadow",
          bundle: { version: 1, expired: false, trusted: true },
          refusal: null,
          kept: true,
          freshness: "stale",
          staleBecause: "behind",
        },
      },
    }));
    const gateway = await askGateway(url, ask);
    expect(of(gateway, "gateway-mode")?.verdict).toBe("fails");
    expect(of(gateway, "gateway-freshness")?.verdict).toBe("partly");
    const { measures } = await examined([], { gateway });
    expect(measures.every(({ verdict }) => verdict === "fails")).toBe(true);
  });

  it.each([
    ["without a bundle", { bundle: null, refusal: "bad-signature" }, "fails"],
    ["with an expired one", { bundle: { version: 1, expired: true } }, "partly"],
    ["with one of keys that have gone", { bundle: { version: 1, trusted: false } }, "partly"],
    ["that refused a newer one", { bundle: { version: 1 }, refusal: "rollback" }, "partly"],
  ])("%s says so", async (_, body, verdict) => {
    const { url } = await serving(() => ({ "/status": { status: 200, body } }));
    expect(of(await askGateway(url, ask), "gateway-bundle")?.verdict).toBe(verdict);
  });

  it("whose denial lost its headers on the way says so", async () => {
    const { url } = await serving(() => ({
      "/auth": { status: 401, headers: { "www-authenticate": "Bearer" } },
    }));
    expect(of(await askGateway(url, ask), "gateway-denial")).toMatchObject({
      verdict: "partly",
      measures: ["reauthenticate"],
    });
  });
});
