import { copiesPath, copyResponse } from "../copies/copy-response.ts";
import { openCopies } from "../copies/database.ts";

declare const self: ServiceWorkerGlobalScope;
/** Put in front of this script by the server: what the player consists of, and a name that changes with it. */
declare const overtureShell: { readonly name: string; readonly files: readonly string[] };

const shellCache = `overture-shell-${overtureShell.name}`;
/** Filled when playlists are taken offline. */
const coversCache = "overture-covers";
/** A server that takes longer than this for the page is as good as away. */
const pageTimeoutMs = 4_000;

let opening: Promise<IDBDatabase> | null = null;
function database(): Promise<IDBDatabase> {
  opening ??= openCopies().then((opened) => {
    // A browser closes it when its storage is cleared; the next request opens another.
    opened.onclose = () => (opening = null);
    opened.onversionchange = () => {
      opened.close();
      opening = null;
    };
    return opened;
  });
  return opening;
}

self.addEventListener("install", (event) => {
  const install = async () => {
    const cache = await caches.open(shellCache);
    await cache.addAll([...overtureShell.files]);
    await self.skipWaiting();
  };
  event.waitUntil(install());
});

self.addEventListener("activate", (event) => {
  const activate = async () => {
    for (const name of await caches.keys())
      if (name.startsWith("overture-shell-") && name !== shellCache) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(activate());
});

async function page(request: Request): Promise<Response> {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(pageTimeoutMs) });
    if (answer.status < 500) return answer;
  } catch {
    // Away, or too slow.
  }
  return (await caches.match("/")) ?? Response.error();
}

async function cachedFirst(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith(copiesPath)) {
    event.respondWith(database().then((opened) => copyResponse(opened, request, Date.now())));
  } else if (request.mode === "navigate") {
    // The server's own pages (sign-in and its like) are never answered from here.
    if (url.pathname === "/") event.respondWith(page(request));
  } else if (overtureShell.files.includes(url.pathname) && url.pathname !== "/") {
    event.respondWith(cachedFirst(request));
  } else if (url.pathname.startsWith("/api/covers/")) {
    event.respondWith(
      caches.open(coversCache).then(async (cache) => (await cache.match(url.pathname)) ?? fetch(request)),
    );
  }
});
