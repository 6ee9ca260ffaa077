import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { openOvertureHome } from "@cordon/overture";
import { writeEvidence } from "../evidence/write-evidence.ts";
import type { ClientsMessage } from "../clients/clients-messages.ts";
import type { SinkMessage } from "../mail/mail-sink-messages.ts";
import { instanceNames, overturePlace } from "../overture/overture-place.ts";
import type { Population } from "../population/population.ts";
import type { HiddenTruth } from "../truth/hidden-truth.ts";
import { hasBrowser } from "../browsers/real-browser.ts";
import { openBrowsers } from "../browsers/open-browsers.ts";
import { awaitMessage, awaitSuccess } from "./await-message.ts";
import type { Child } from "./child-process.ts";
import { ControlPlaneProcess } from "./control-plane-process.ts";
import type { Display } from "./display.ts";
import type { DrillOptions } from "./drill-options.ts";
import { freePort } from "./free-port.ts";
import type { Processes } from "./processes.ts";
import type { ReplayServer } from "../replay/replay-server.ts";

/** Everything that runs, ready to be used. */
export interface Stage {
  readonly controlPlane: ControlPlaneProcess;
  readonly sink: Child;
  readonly clients: Child;
  /** A few people in real browsers; null where no browser runs. */
  readonly browsers: Child | null;
  /** URLs of the Overture instances. */
  readonly instances: readonly string[];
  readonly accessLogs: readonly string[];
  /** Ends the instances in order, so that their logs are complete. */
  stopOverture(): Promise<void>;
  /** Starts an instance for people, with a player and music, once the others have ended; resolves to its URL. */
  openPlayer(replay: Pick<ReplayServer, "url" | "token">): Promise<string>;
  /** Under HOME/evidence. */
  readonly evidenceFolder: string;
}

interface StageInput {
  readonly options: DrillOptions;
  readonly population: Population;
  readonly truth: HiddenTruth;
  readonly processes: Processes;
  readonly display: Display;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
}

const entries = {
  sink: new URL("../mail/mail-sink-process.ts", import.meta.url),
  clients: new URL("../clients/clients-process.ts", import.meta.url),
  load: new URL("../overture/load-population-process.ts", import.meta.url),
  overture: new URL("../../../examples/overture/src/main.ts", import.meta.url),
};

const stopPatienceMs = 20_000;

/** The drill's own folder in HOME, gone at its end. */
export function drillFolderOf(home: string): string {
  return path.join(home, "drill");
}

/** Starts every process and fills the service with its people and the logs with what happened. */
export async function setTheStage(input: StageInput): Promise<Stage> {
  const { options, population, truth, processes, display, signal } = input;
  const { home, accounts, seed } = options;
  const port = await freePort(options.port);
  const folder = drillFolderOf(home);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const place = overturePlace(folder);
  const { adminToken, logFolder } = openOvertureHome(place.home);
  const instancePorts = [await freePort(null), await freePort(null)];

  const sink = processes.start({ name: "mail sink", entry: entries.sink, args: [String(accounts)] });
  const smtpPort = await awaitMessage(sink, (message) => {
    const said = message as SinkMessage;
    return said.kind === "ready" ? said.port : null;
  });
  processes.tell(sink, smtpPort);

  const loader = processes.start({
    name: "population",
    entry: entries.load,
    args: [folder, String(accounts), String(seed)],
  });
  processes.tell(loader, null);
  const directory = `http://127.0.0.1:${instancePorts[0] ?? 0}/admin/directory`;
  const controlPlane = new ControlPlaneProcess(
    {
      home,
      port,
      args: [
        ...[
          "--directory",
          `${directory}/accounts.jsonl`,
          "--installations",
          `${directory}/installations.jsonl`,
        ],
        ...["--smtp", `smtp://127.0.0.1:${smtpPort}`, "--from", "Overture <security@overture.example>"],
      ],
      env: { CORDON_DIRECTORY_TOKEN: adminToken },
    },
    processes,
    display,
  );
  const evidenceFolder = `drill-${seed}-${input.nowMs()}`;
  await Promise.all([
    controlPlane.start(),
    awaitSuccess(loader),
    writeEvidence(path.join(home, "evidence", evidenceFolder), population, truth, signal),
  ]);

  const started = await Promise.all(
    instanceNames.map((name, i) =>
      startInstance({
        processes,
        name,
        home,
        overtureHome: place.home,
        port: instancePorts[i] ?? 0,
        controlPlane: controlPlane.url,
      }),
    ),
  );
  const instances = started.map(({ url }) => url);
  const config = JSON.stringify({ accounts, seed, drillFolder: folder, instances });
  const clients = processes.start({ name: "clients", entry: entries.clients, args: [config] });
  await awaitMessage(clients, (message) => ((message as ClientsMessage).kind === "ready" ? true : null));
  processes.tell(clients, null);
  const accessLogs = instanceNames.map((name) => path.join(logFolder, `${name}.jsonl`));
  const stopOverture = async () => {
    await clients.stop(stopPatienceMs);
    await Promise.all(started.map(({ child }) => child.stop(stopPatienceMs)));
  };
  const openPlayer = async (replay: Pick<ReplayServer, "url" | "token">) => {
    const { url } = await startInstance({
      processes,
      name: "overture-player",
      home,
      overtureHome: place.home,
      // Where the control plane fetches the directory.
      port: instancePorts[0] ?? 0,
      controlPlane: controlPlane.url,
      args: ["--demo-music", "--replay", replay.url, "--advisory", `${controlPlane.url}/advisory/`],
      env: { OVERTURE_REPLAY_TOKEN: replay.token },
    });
    return url;
  };
  const browsers = hasBrowser
    ? openBrowsers({ processes, population, truth, playerUrl: instances[0] ?? "" })
    : null;
  return {
    controlPlane,
    sink,
    clients,
    browsers,
    instances,
    accessLogs,
    stopOverture,
    openPlayer,
    evidenceFolder,
  };
}

interface InstanceOptions {
  readonly processes: Processes;
  readonly name: string;
  readonly home: string;
  readonly overtureHome: string;
  readonly port: number;
  readonly controlPlane: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** One instance of Overture; resolves to its URL once it listens. */
async function startInstance(
  options: InstanceOptions,
): Promise<{ readonly child: Child; readonly url: string }> {
  const keys = path.join(options.home, "keys");
  const child = options.processes.start({
    name: options.name,
    entry: entries.overture,
    args: [
      ...["--home", options.overtureHome, "--instance", options.name, "--port", String(options.port)],
      ...["--cordon", options.controlPlane, "--cordon-token-file", path.join(keys, "enforcement.token")],
      ...["--cordon-key", path.join(keys, "bundle.public.pem")],
      ...["--passwords", "drill", "--access-token", "12h", "--poll", "5s"],
      ...(options.args ?? []),
    ],
    env: options.env ?? {},
  });
  options.processes.tell(child, options.port);
  const url = await new Promise<string>((resolve, reject) => {
    child.onLine((line) => {
      const listening = /^\{"listening":"(http:\/\/[^"]+)"\}$/.exec(line)?.[1];
      if (listening !== undefined) resolve(listening);
    });
    void child.ended.then((exit) => {
      reject(child.failure(exit));
    });
  });
  return { child, url };
}
