import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { buildBundle } from "@cordon/control-plane";
import {
  EnforcementPoint,
  fastifyGuard,
  FileBundleSource,
  fileBundleSourceDefaults,
} from "@cordon/enforcement";
import { fastify } from "fastify";
import { rolldown } from "rolldown";

const bundleBytesMax = 1 << 20;

export interface OfrepRequest {
  readonly ifNoneMatch: string | undefined;
  readonly status: number;
}

/** A music service with one listener, ada; its pages lie under the same origin. */
export interface MusicSite {
  readonly url: string;
  /** Puts a bundle with these rules in force; resolves when the enforcement point has it. */
  readonly publish: (rules: readonly object[]) => Promise<void>;
  /** When ada signed in; null: the service no longer knows the session. */
  readonly session: { authTimeMs: number | null };
  readonly asked: readonly OfrepRequest[];
  readonly close: () => Promise<void>;
}

export async function startMusicSite(): Promise<MusicSite> {
  const folder = mkdtempSync(join(tmpdir(), "cordon-music-site-"));
  const file = join(folder, "current.bundle");
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  let version = 0;
  const put = async (rules: readonly object[]) => {
    version += 1;
    const { bytes } = await buildBundle({
      policy: { version, rules },
      members: new Map(),
      accounts: () => ReadableStream.from([]),
      asOfMs: 0,
      expiresAtMs: null,
      by: "account",
      privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    });
    writeFileSync(`${file}.draft`, bytes);
    renameSync(`${file}.draft`, file);
  };
  await put([]);
  const point = new EnforcementPoint({
    source: new FileBundleSource({
      ...fileBundleSourceDefaults,
      file,
      bundleBytesMax,
      random: () => 0.5,
      pollMs: 50,
    }),
    publicKeys: [publicKey.export({ type: "spki", format: "pem" }).toString()],
    threshold: 1,
    lastGoodFile: join(folder, "last-good.bundle"),
    beforeFirstBundle: "refuse",
    withoutPlatform: "refuse",
    keepServing: true,
    bundleBytesMax,
    retryAfterSeconds: { least: 2, most: 30 },
    nowMs: Date.now,
    random: () => 0.5,
  });
  await point.start();

  const session: { authTimeMs: number | null } = { authTimeMs: Date.parse("2014-05-20T08:00:00Z") };
  const asked: OfrepRequest[] = [];
  const app = fastify();
  app.addHook("onResponse", (request, reply, done) => {
    if (request.url.startsWith("/ofrep/")) {
      asked.push({ ifNoneMatch: request.headers["if-none-match"], status: reply.statusCode });
    }
    done();
  });
  await app.register(fastifyGuard, {
    point,
    describe: () =>
      session.authTimeMs === null
        ? null
        : {
            request: {
              account: "ada",
              ordinal: null,
              authTimeMs: session.authTimeMs,
              passwordSetAtMs: Date.parse("2013-01-01T00:00:00Z"),
              keyId: null,
              platform: "web",
              store: "unknown",
              version: null,
              offlineEpoch: 0,
            },
            claimed: null,
          },
  });
  app.get("/listen", () => "la la la");
  for (const name of ["provider-page", "client-page"]) {
    const script = await scriptOf(name);
    const open = { config: { cordon: "open" } } as const;
    app.get(`/${name}.js`, open, (_request, reply) => reply.type("text/javascript").send(script));
    app.get(`/${name}`, open, (_request, reply) =>
      reply.type("text/html").send(`<!doctype html><script type="module" src="/${name}.js"></script>`),
    );
  }
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  return {
    url,
    session,
    asked,
    publish: async (rules) => {
      await put(rules);
      while (point.status().bundle?.version !== version) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    close: async () => {
      app.server.closeAllConnections();
      await app.close();
      await point.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A page's script with all that it imports, as a browser takes it. */
async function scriptOf(name: string): Promise<string> {
  const bundled = await rolldown({
    input: fileURLToPath(new URL(`pages/${name}.js`, import.meta.url)),
    platform: "browser",
  });
  const { output } = await bundled.generate({ format: "esm" });
  await bundled.close();
  return output[0].code;
}
