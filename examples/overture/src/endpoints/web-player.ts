import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { rolldown } from "rolldown";

const webFolder = fileURLToPath(new URL("../../web/", import.meta.url));
const compress = promisify(brotliCompress);

/** No inline script or style, no other origin: the page can run nothing but what this server serves. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'self'",
].join("; ");

interface ServedFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** Null where nothing is gained. */
  readonly brotli: Buffer | null;
  readonly etag: string;
  /** Its name changes with its bytes. */
  readonly immutable: boolean;
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
}

async function served(type: string, bytes: Buffer, immutable = false): Promise<ServedFile> {
  const isPacked = type.startsWith("image/png") || type.startsWith("font/");
  const brotli = isPacked ? null : await compress(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
  return { type, bytes, brotli, etag: `"${digest(bytes)}"`, immutable };
}

/** One of the player's programs with all that it imports, as a browser takes it. */
async function bundled(entry: string): Promise<Buffer> {
  const build = await rolldown({
    input: `${webFolder}${entry}`,
    platform: "browser",
    tsconfig: false,
    transform: { jsx: { runtime: "automatic", importSource: "preact" } },
  });
  try {
    const { output } = await build.generate({ format: "esm", minify: true, codeSplitting: false });
    return Buffer.from(output[0].code);
  } finally {
    await build.close();
  }
}

/** In the order in which they count: what narrow windows change comes last. */
const styleSheets = ["base", "house", "records", "songs", "player", "directives", "pages", "narrow"];
const read = (file: string) => readFile(`${webFolder}${file}`);
const script = "text/javascript; charset=utf-8";

/** The player, built in memory: by path what is served there. */
async function buildPlayer(): Promise<ReadonlyMap<string, ServedFile>> {
  const [app, worker, page, manifest, ...styles] = await Promise.all([
    bundled("main.tsx"),
    bundled("service-worker/service-worker.ts"),
    readFile(`${webFolder}index.html`, "utf8"),
    read("manifest.webmanifest"),
    ...styleSheets.map((name) => read(`style/${name}.css`)),
  ]);
  const css = Buffer.concat(styles);
  const paths = { js: `/assets/player-${digest(app)}.js`, css: `/assets/player-${digest(css)}.css` };
  const html = page.replaceAll("{{js}}", paths.js).replaceAll("{{css}}", paths.css);
  const files = new Map<string, ServedFile>([
    ["/", await served("text/html; charset=utf-8", Buffer.from(html))],
    [paths.js, await served(script, app, true)],
    [paths.css, await served("text/css; charset=utf-8", css, true)],
    ["/manifest.webmanifest", await served("application/manifest+json", manifest)],
    ["/icons/overture.svg", await served("image/svg+xml", await read("icons/overture.svg"))],
  ]);
  for (const size of [192, 512])
    files.set(
      `/icons/overture-${size}.png`,
      await served("image/png", await read(`icons/overture-${size}.png`)),
    );
  for (const font of ["gloock", "hanken-grotesk"])
    files.set(`/assets/${font}.woff2`, await served("font/woff2", await read(`fonts/${font}.woff2`), true));
  // What a browser keeps, so that the player starts without a network; its name changes when anything of it does.
  const name = digest(Buffer.from([...files.values()].map(({ etag }) => etag).join()));
  const shell = `const overtureShell=${JSON.stringify({ name, files: [...files.keys()] })};\n`;
  files.set("/sw.js", await served(script, Buffer.concat([Buffer.from(shell), worker])));
  return files;
}

function answer(request: FastifyRequest, reply: FastifyReply, file: ServedFile): FastifyReply {
  const brotli = /\bbr\b/.test(request.headers["accept-encoding"]?.toString() ?? "") ? file.brotli : null;
  // RFC 9110, 8.8.3.3: two encodings of one thing are told apart.
  const etag = brotli === null ? file.etag : `${file.etag.slice(0, -1)}-br"`;
  void reply.headers({
    etag,
    vary: "accept-encoding",
    "cache-control": file.immutable ? "public, max-age=31536000, immutable" : "no-cache",
    "content-security-policy": contentSecurityPolicy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
  });
  if (request.headers["if-none-match"]?.split(/\s*,\s*/).includes(etag) === true)
    return reply.code(304).send();
  if (brotli !== null) void reply.header("content-encoding", "br");
  return reply.type(file.type).send(brotli ?? file.bytes);
}

/**
 * The web player: its page, program, style, service worker, manifest and icons. Built by the first request, kept for the
 * others. Open: it holds nobody's data, and somebody who must sign in again needs it most.
 */
export function registerWebPlayer(app: FastifyInstance): void {
  let building: Promise<ReadonlyMap<string, ServedFile>> | null = null;
  const player = () =>
    (building ??= buildPlayer().catch((error: unknown) => {
      building = null;
      throw error;
    }));
  for (const url of ["/", "/sw.js", "/manifest.webmanifest", "/assets/:file", "/icons/:file"]) {
    app.get(url, { config: { cordon: "open" } }, async (request, reply) => {
      const { pathname } = new URL(request.url, "http://overture.invalid");
      const file = (await player()).get(pathname);
      return file === undefined ? reply.code(404).send() : answer(request, reply, file);
    });
  }
}
