import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildBundle, generateBundleKeyPair } from "@cordon/control-plane";
import { HttpBundleSource, httpBundleSourceDefaults } from "@cordon/enforcement";
import {
  defaultIssuer,
  drillPasswordCost,
  openOvertureHome,
  overtureDefaults,
  startOverture,
  type Mail,
} from "@cordon/overture";
import { comeBack, comeBackBySupport, type Outcome } from "../../src/clients/come-back/come-back.ts";
import type { Listener, World } from "../../src/clients/come-back/doors.ts";
import { memoryOf } from "../../src/clients/come-back/memory.ts";
import { OvertureDoors } from "../../src/clients/come-back/overture-doors.ts";
import { SessionStore } from "../../src/clients/session-store.ts";
import { loadPopulation } from "../../src/overture/load-population.ts";
import { overturePlace } from "../../src/overture/overture-place.ts";
import { passwordOf } from "../../src/population/credentials.ts";
import { Population } from "../../src/population/population.ts";

const seed = 2014;
const concurrency = 8;
const dayMs = 86_400_000;

export interface CameBack {
  readonly listeners: number;
  readonly back: Readonly<Record<string, number>>;
  readonly out: readonly { readonly account: string; readonly reason: string }[];
}

/** A control plane as far as an enforcement point needs one: a single bundle, once there is one. */
async function oneBundle(bundle: () => Uint8Array | null) {
  const streams = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    const bytes = bundle();
    if (request.url === "/bundles/events") {
      streams.add(response.writeHead(200, { "content-type": "text/event-stream" }));
      response.write(": here\n\n");
    } else if (bytes === null) response.writeHead(404).end();
    else response.writeHead(200, { etag: '"1"' }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lookAgain: () => {
      for (const stream of streams) stream.write("event: look-again\ndata: \n\n");
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Tells everybody to sign in again, and lets each of them try; over HTTP against a running Overture, with its clock moved on for those who wait. */
export async function comeBackAll(listeners: number): Promise<CameBack> {
  const folder = mkdtempSync(path.join(tmpdir(), "come-back-"));
  const place = overturePlace(folder);
  const population = new Population({ accounts: listeners, seed });
  loadPopulation(population, place, Date.now());
  const home = openOvertureHome(place.home);
  let laterMs = 0;
  // A coarse clock: what one does in a moment falls into one instant, as on a fast machine.
  const nowMs = () => Math.floor(Date.now() / 50) * 50 + laterMs;
  const mails = new Map<string, Mail>();
  let bundle: Uint8Array | null = null;
  const controlPlane = await oneBundle(() => bundle);
  const keys = generateBundleKeyPair();
  const rethrow = (error: unknown) => {
    throw error;
  };
  const overture = await startOverture({
    ...overtureDefaults,
    home,
    instance: "one",
    port: 0,
    issuer: defaultIssuer,
    webRedirectUris: ["https://overture.example/callback"],
    behindProxy: true,
    accessTokenMs: 30 * dayMs,
    refreshTokenMs: 60 * dayMs,
    passwordCost: drillPasswordCost,
    bundleSource: new HttpBundleSource({
      ...httpBundleSourceDefaults,
      url: controlPlane.url,
      token: "t",
      bundleBytesMax: 1 << 24,
      random: Math.random,
      lookAgainSpreadMs: 0,
    }),
    bundleKeys: [keys.publicKeyPem],
    bundleThreshold: 1,
    bundleBytesMax: 1 << 24,
    beforeFirstBundle: "allow",
    withoutPlatform: "allow",
    retryAfterSeconds: { least: 1, most: 1 },
    progress: null,
    mail: { send: (mail) => Promise.resolve(void mails.set(mail.to, mail)) },
    nowMs,
    random: Math.random,
    onUnexpected: rethrow,
    onFailure: rethrow,
  });
  const sessions = new SessionStore({
    mintedFile: place.sessionFile,
    renewedFile: place.renewedFile,
    accounts: listeners,
  });
  const doors = new OvertureDoors({
    population,
    origin: overture.url,
    releaseKey: home.releasePrivateKey,
    connections: concurrency,
    session: (index) => sessions.read(index),
  });
  const world: World = {
    link: (address) => /token=([\w-]+)/.exec(mails.get(address)?.text ?? "")?.[1] ?? null,
    wait: (ms) => {
      laterMs += ms;
      return Promise.resolve();
    },
  };
  try {
    const people = await Promise.all(
      Array.from({ length: listeners }, async (_, index): Promise<Listener> => {
        const { email } = population.person(index);
        const { keptCode, knowsPassword } = memoryOf(seed, index);
        const code =
          keptCode && !knowsPassword ? await codeOf(overture.url, sessions.read(index).accessToken) : null;
        return { index, email, password: passwordOf(seed, index), contact: `new.${index}@example.net`, code };
      }),
    );
    bundle = await reauthenticateAll(keys.privateKeyPem, nowMs());
    controlPlane.lookAgain();
    while (overture.point.status().bundle === null) await new Promise((resolve) => setTimeout(resolve, 10));

    const outcomes: Outcome[] = [];
    let next = 0;
    const lane = async () => {
      while (next < listeners) {
        const index = next++;
        const listener = people[index];
        if (listener !== undefined)
          outcomes[index] = await comeBack({ listener, memory: memoryOf(seed, index), doors, world });
      }
    };
    await Promise.all(Array.from({ length: concurrency }, lane));

    await world.wait(4 * dayMs);
    const believed = await approveAll(overture.url, home.adminToken, population);
    for (const [index, outcome] of outcomes.entries()) {
      const listener = people[index];
      if (outcome.kind !== "waits" || listener === undefined) continue;
      outcomes[index] = believed.has(population.person(index).accountId)
        ? await comeBackBySupport({ listener, memory: memoryOf(seed, index), doors, world })
        : {
            kind: "out",
            reason: "the mail address is dead, no recovery code, and support could not tell that it is them",
          };
    }
    return summary(outcomes, population);
  } finally {
    await doors.close();
    sessions.close();
    await overture.close();
    controlPlane.close();
    rmSync(folder, { recursive: true });
  }
}

async function codeOf(origin: string, accessToken: string): Promise<string | null> {
  const headers = { authorization: `Bearer ${accessToken}` };
  const response = await fetch(`${origin}/api/recovery-codes`, { method: "POST", headers });
  const { codes } = (await response.json()) as { readonly codes: readonly string[] };
  return codes[0] ?? null;
}

async function reauthenticateAll(privateKeyPem: string, nowMs: number): Promise<Uint8Array> {
  const cutoff = new Date(nowMs).toISOString();
  const { bytes } = await buildBundle({
    policy: { version: 1, rules: [{ id: "again", measure: "reauthenticate", cohort: "everyone", cutoff }] },
    members: new Map(),
    accounts: () => [][Symbol.iterator]() as never,
    asOfMs: nowMs,
    expiresAtMs: null,
    by: "account",
    privateKeyPem,
  });
  return bytes;
}

/** Support reads every case, and believes those who can tell. */
async function approveAll(
  origin: string,
  adminToken: string,
  population: Population,
): Promise<ReadonlySet<string>> {
  const headers = { authorization: `Bearer ${adminToken}` };
  const listed = await fetch(`${origin}/admin/recovery-cases`, { headers });
  const { cases } = (await listed.json()) as { readonly cases: readonly { id: string; accountId: string }[] };
  const believed = new Set<string>();
  for (const { id, accountId } of cases) {
    const index = Number(accountId.slice(2)) - Number(population.person(0).accountId.slice(2));
    if (!memoryOf(seed, index).convincesSupport) continue;
    const answer = await fetch(`${origin}/admin/recovery-cases/${id}/approve`, { method: "POST", headers });
    if (answer.status !== 204) throw new Error(`a case was answered with ${answer.status}`);
    believed.add(accountId);
  }
  return believed;
}

function summary(outcomes: readonly Outcome[], population: Population): CameBack {
  const back: Record<string, number> = {};
  const out: { account: string; reason: string }[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.kind === "back") back[outcome.by] = (back[outcome.by] ?? 0) + 1;
    else
      out.push({
        account: population.person(index).accountId,
        reason: outcome.kind === "out" ? outcome.reason : "still waits",
      });
  }
  return { listeners: outcomes.length, back, out };
}
