import { logNormal, seeded } from "./seeded.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What the simulated network costs. Every figure is stated with the results. */
export interface NetworkCosts {
  /** Round-trip time of a point: drawn once for each from a log-normal distribution. */
  readonly roundTripMedianMs: number;
  readonly roundTripSpread: number;
  /** Each exchange is drawn anew around the point's own round-trip time, to both sides. */
  readonly jitter: number;
  /** How often a packet that matters is lost, and when it is sent again. */
  readonly lossChance: number;
  readonly retransmitMs: number;
  /** How long a connection is kept after an answer, for the next request: what Fastify promises and Node's fetch takes. */
  readonly keepAliveMs: number;
  /** The TLS 1.3 handshake of a new connection, on the server's one core and on the point's. */
  readonly tlsServerMs: number;
  readonly tlsPointMs: number;
  /** The server's core, for one answer: a fixed part and one for each megabyte sent. */
  readonly answerMs: number;
  readonly sendMsPerMegabyte: number;
  /** The server's core, for telling one listener to look again. */
  readonly nudgeMs: number;
  /** The server's link, and each point's. */
  readonly serverBytesPerSecond: number;
  readonly pointBytesPerSecond: number;
}

/** Bytes of a first flight: ten segments (RFC 6928). Each further flight is twice as large. */
const firstFlightBytes = 14_600;

/** How a server answers one request; `bytes` is what travels, whatever stands for it here. */
export interface ServedAnswer {
  readonly response: () => Response;
  readonly bytes: number;
}

interface SimulatedServer {
  readonly answer: (path: string, headers: Headers) => ServedAnswer;
}

/** One server with one core and one link, and the paths from it to the points. */
export class SimulatedNetwork {
  readonly #time: VirtualTime;
  readonly #costs: NetworkCosts;
  readonly #server: SimulatedServer;
  readonly #listeners = new Set<(text: string) => void>();
  #coreFreeMs = 0;
  #linkFreeMs = 0;
  requests = 0;

  constructor(time: VirtualTime, costs: NetworkCosts, server: SimulatedServer) {
    this.#time = time;
    this.#costs = costs;
    this.#server = server;
  }

  path(seed: number): SimulatedPath {
    return new SimulatedPath({ time: this.#time, costs: this.#costs, network: this, random: seeded(seed) });
  }

  /** To everybody who listens, one after the other. */
  tellAll(text: string): void {
    for (const listener of this.#listeners) {
      this.work(this.#costs.nudgeMs, () => listener(text));
    }
  }

  /** Takes the server's core for so long, after all that came before; then calls. */
  work(ms: number, call: () => void): void {
    this.#coreFreeMs = Math.max(this.#coreFreeMs, this.#time.nowMs) + ms;
    this.#time.within(this.#coreFreeMs - this.#time.nowMs, call);
  }

  /** Answers a request that has arrived; calls when the last byte has left. */
  serve(path: string, headers: Headers, sent: (answer: ServedAnswer) => void): void {
    const { answerMs, sendMsPerMegabyte, serverBytesPerSecond } = this.#costs;
    this.requests += 1;
    const answer = this.#server.answer(path, headers);
    this.work(answerMs + (sendMsPerMegabyte * answer.bytes) / 1e6, () => {
      const wireMs = (answer.bytes / serverBytesPerSecond) * 1000;
      this.#linkFreeMs = Math.max(this.#linkFreeMs, this.#time.nowMs) + wireMs;
      this.#time.within(this.#linkFreeMs - this.#time.nowMs, () => sent(answer));
    });
  }

  listen(listener: (text: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** The way between the server and one point. A way that is cut swallows everything without a word, in both directions. */
export class SimulatedPath {
  readonly #time: VirtualTime;
  readonly #costs: NetworkCosts;
  readonly #network: SimulatedNetwork;
  readonly #random: () => number;
  readonly #roundTripMs: number;
  /** Until when each idle connection is kept. */
  readonly #idleUntilMs: number[] = [];
  isCut = false;
  /** Whether anything has arrived since this was last set to false. */
  reached = false;

  constructor(given: {
    readonly time: VirtualTime;
    readonly costs: NetworkCosts;
    readonly network: SimulatedNetwork;
    readonly random: () => number;
  }) {
    this.#time = given.time;
    this.#costs = given.costs;
    this.#network = given.network;
    this.#random = given.random;
    const { roundTripMedianMs, roundTripSpread } = given.costs;
    this.#roundTripMs = logNormal(given.random, roundTripMedianMs, roundTripSpread);
  }

  readonly fetch: typeof globalThis.fetch = (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const signal = init?.signal ?? null;
    return new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      const { pointBytesPerSecond } = this.#costs;
      const request: Step = (next) => this.#cross(this.#roundTrip() / 2, next);
      run([...this.#connected(), request], () => {
        if (pathname.endsWith("/events")) {
          this.#openStream(signal, resolve);
          return;
        }
        this.#network.serve(pathname, new Headers(init?.headers), ({ response, bytes }) => {
          const flights = Math.max(0, Math.ceil(Math.log2(1 + bytes / firstFlightBytes)) - 1);
          const downMs = (bytes / pointBytesPerSecond) * 1000 + flights * this.#roundTripMs;
          this.#cross(this.#roundTrip() / 2 + downMs, () => {
            this.#idleUntilMs.push(this.#time.nowMs + this.#costs.keepAliveMs);
            this.#arrive(() => resolve(response()));
          });
        });
      });
    });
  };

  /** Nothing, where a connection is kept; else TCP and then TLS 1.3, whose handshake is one round trip. */
  #connected(): readonly Step[] {
    const kept = this.#idleUntilMs.splice(0).filter((untilMs) => untilMs > this.#time.nowMs);
    this.#idleUntilMs.push(...kept.slice(1));
    if (kept.length > 0) return [];
    const { tlsServerMs, tlsPointMs } = this.#costs;
    return [
      (next) => this.#cross(this.#roundTrip(), next),
      (next) => this.#cross(this.#roundTrip() / 2, next),
      (next) => this.#network.work(tlsServerMs, next),
      (next) => this.#cross(this.#roundTrip() / 2 + tlsPointMs, next),
    ];
  }

  /** Calls when something has crossed, unless the way is cut at either end of the journey. */
  #cross(ms: number, call: () => void): void {
    if (this.isCut) return;
    this.#time.within(ms, () => {
      if (!this.isCut) call();
    });
  }

  /** Hands something to the point. */
  #arrive(call: () => void): void {
    this.#time.after(0, () => {
      this.reached = true;
      call();
    });
  }

  #roundTrip(): number {
    const { jitter, lossChance, retransmitMs } = this.#costs;
    const lost = this.#random() < lossChance ? retransmitMs : 0;
    return this.#roundTripMs * (1 + jitter * (2 * this.#random() - 1)) + lost;
  }

  #openStream(signal: AbortSignal | null, resolve: (response: Response) => void): void {
    const encoder = new TextEncoder();
    let stop: () => void = () => undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const listener = (text: string) =>
          this.#cross(this.#roundTrip() / 2, () => {
            this.#arrive(() => {
              if (signal?.aborted !== true) controller.enqueue(encoder.encode(text));
            });
          });
        stop = this.#network.listen(listener);
        signal?.addEventListener(
          "abort",
          () => {
            stop();
            controller.error(signal.reason);
          },
          { once: true },
        );
      },
      cancel: () => stop(),
    });
    const response = new Response(body, { headers: { "content-type": "text/event-stream" } });
    this.#cross(this.#roundTrip() / 2, () => this.#arrive(() => resolve(response)));
  }
}

type Step = (next: () => void) => void;

function run(steps: readonly Step[], done: () => void): void {
  const [first, ...rest] = steps;
  if (first === undefined) done();
  else first(() => run(rest, done));
}
