import { openOvertureHome } from "@cordon/overture";
import { overturePlace } from "../overture/overture-place.ts";
import { Population } from "../population/population.ts";
import { AppClients } from "./app-clients.ts";
import type { ClientsConfig, ClientsMessage, ClientsRequest } from "./clients-messages.ts";
import { OvertureApi } from "./overture-api.ts";
import { firstRound, lastRound } from "./rounds.ts";
import { Schedule } from "./schedule.ts";
import { SessionStore } from "./session-store.ts";

/** All simulated people as a process of its own: `node clients-process.ts CONFIG`, spoken to over IPC. */

const progressEveryMs = 200;
/** Enough to keep two instances busy; more only makes queues. */
const concurrency = 48;

const config = JSON.parse(process.argv[2] ?? "{}") as ClientsConfig;
const population = new Population(config);
const schedule = new Schedule(config);
const place = overturePlace(config.drillFolder);
const sessions = new SessionStore({
  mintedFile: place.sessionFile,
  renewedFile: place.renewedFile,
  accounts: config.accounts,
});
const service = new OvertureApi({
  population,
  instances: config.instances,
  releaseKey: openOvertureHome(place.home).releasePrivateKey,
  connectionsPerInstance: concurrency / 2,
});
const clients = new AppClients({ population, schedule, service, sessions });
const tell = (message: ClientsMessage) => process.send?.(message);

process.on("message", (request: ClientsRequest) => void run(request));
setInterval(() => tell({ kind: "progress", counts: clients.counts }), progressEveryMs);
tell({ kind: "ready" });

async function run(request: ClientsRequest): Promise<void> {
  const options = { clients, schedule, concurrency, nowMs: Date.now };
  if (request.kind === "first-round") await firstRound(options, request.overMs);
  else await lastRound(options, config.accounts);
  tell({ kind: "round-done", counts: clients.counts, failures: clients.failures });
}
