import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import {
  openControlPlane,
  type ControlPlaneOptions,
  type DirectoryOrigin,
  type MailOrigin,
} from "@cordon/control-plane";
import { buildApp } from "./build-app.ts";
import { ServerError } from "./errors.ts";
import type { LogSink } from "./observe/log-options.ts";
import { metricsTokenOf } from "./observe/observe.ts";
import { startTraces } from "./observe/traces.ts";
import { Issuer, type IssuerSettings } from "./operators/issuer.ts";
import { openDoor } from "./operators/operator-door.ts";
import { OperatorRegister } from "./operators/operator-register.ts";
import { Tokens } from "./tokens.ts";

export interface ServerOptions {
  /** HOME as an absolute path. */
  readonly home: string;
  /** 0: a free one. */
  readonly port: number;
  /** `DATABASE_URL`; null for the embedded PostgreSQL in HOME. */
  readonly databaseUrl: string | null;
  readonly directory: DirectoryOrigin | null;
  readonly mail: MailOrigin | null;
  /** Channels beside e-mail, and what comes back; left out: none. */
  readonly channels?: NonNullable<ControlPlaneOptions["channels"]>;
  /** Who cosigns the journal's checkpoints; left out: nobody. */
  readonly witnesses?: NonNullable<ControlPlaneOptions["witnesses"]>;
  /** Where watched rates are asked for; left out: they are reported. */
  readonly rates?: NonNullable<ControlPlaneOptions["rates"]>;
  /** Rules and holidays of legal deadlines; left out: those that come with Cordon. */
  readonly duties?: NonNullable<ControlPlaneOptions["duties"]>;
  readonly version: string;
  readonly onNote: (note: string) => void;
  /** Where JSON log lines go; left out: nowhere. */
  readonly log?: LogSink;
  /** Scheme, host and port under which browsers reach the server; left out: `http://localhost:PORT`. */
  readonly publicUrl?: string;
  /** True behind a proxy on this machine: whose address a request has is then what the proxy says (X-Forwarded-For). */
  readonly behindProxy?: boolean;
  /** Where operators sign in by OpenID Connect; left out: by passkeys alone. */
  readonly issuer?: IssuerSettings;
}

export interface RunningServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Ends requests, workers and, when this process started it, the database, in this order. */
  close(): Promise<void>;
}

const host = "127.0.0.1";

/**
 * Starts the control plane of a HOME and listens on this machine alone. Throws ServerError for a port that can't be had,
 * before anything in HOME is touched.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { home, port, version, onNote } = options;
  await checkPort(port);
  const clock = () => Date.now();
  const operators = new OperatorRegister(clock);
  const plane = await openControlPlane({ ...options, operators, clock, randomBytes });
  try {
    const [metricsToken, traces] = await Promise.all([metricsTokenOf(home), startTraces(version)]);
    const observing = { metricsToken, traces, log: options.log ?? null };
    const at = { origin: options.publicUrl ?? `http://localhost:${port}` };
    const origin = () => at.origin;
    const door = await openDoor({ plane, register: operators, clock, origin });
    const issuer = options.issuer === undefined ? null : new Issuer(options.issuer, origin);
    const isBehindProxy = options.behindProxy ?? false;
    const tokens = await Tokens.open(home);
    const app = buildApp({
      plane,
      tokens,
      door,
      issuer,
      isBehindProxy,
      version,
      clock,
      onNote,
      observing,
    });
    const url = await app.listen({ host, port }).catch((error: unknown) => {
      throw portError(port, error);
    });
    // Passkeys belong to a name, not to an address.
    if (options.publicUrl === undefined) at.origin = `http://localhost:${new URL(url).port}`;
    let ended: Promise<void> | null = null;
    const end = async () => {
      await app.close();
      await plane.close();
    };
    return { url, close: () => (ended ??= end()) };
  } catch (error) {
    await plane.close();
    throw error;
  }
}

/** A port that is in use is told before the database is started for nothing. */
async function checkPort(port: number): Promise<void> {
  if (port === 0) return;
  const probe = createServer();
  try {
    probe.listen(port, host);
    await once(probe, "listening");
  } catch (error) {
    throw portError(port, error);
  }
  probe.close();
  await once(probe, "close");
}

function portError(port: number, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "EADDRINUSE") {
    return new ServerError(
      "ERR_SERVER_PORT_IN_USE",
      `port \`${port}\` on ${host} is in use, expected a free one (--port)`,
      { cause: error },
    );
  }
  if (code === "EACCES" || code === "EADDRNOTAVAIL") {
    return new ServerError(
      "ERR_SERVER_PORT_REFUSED",
      `the system does not give out port \`${port}\` on ${host}, expected another one (--port)`,
      { cause: error },
    );
  }
  return error;
}
