import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import path from "node:path";

import { msBetween, nowNs } from "./messages.ts";
import type { PointOrder, PointReport, ServerOrder, ServerReport, Steps } from "./messages.ts";

/** A process that takes orders and gives reports. */
class Member<Order extends object, Report> {
  readonly #process: ChildProcess;
  readonly #reports: Report[] = [];
  #waiting: ((report: Report) => void) | null = null;

  constructor(file: string) {
    this.#process = fork(new URL(file, import.meta.url));
    this.#process.on("message", (report: Report) => {
      const waiting = this.#waiting;
      this.#waiting = null;
      if (waiting === null) this.#reports.push(report);
      else waiting(report);
    });
    this.#process.on("exit", (code) => {
      if (code !== 0) throw new Error(`${file} ended with ${code}`);
    });
  }

  order(order: Order): void {
    this.#process.send(order);
  }

  report(): Promise<Report> {
    const [first] = this.#reports.splice(0, 1);
    if (first !== undefined) return Promise.resolve(first);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  async ended(): Promise<void> {
    if (this.#process.exitCode === null) await once(this.#process, "exit");
  }
}

export interface Recall {
  /** From the approval to the last process that refuses a recalled account. */
  readonly milliseconds: number;
  /** Of the last process: from its bytes to its first decision by them. */
  readonly openMs: number;
  readonly steps: Steps;
  readonly bytes: number;
  /** Every process refused the recalled account and let the other one in. */
  readonly right: boolean;
}

/** One process that publishes and some that enforce. */
export class Fleet {
  readonly #server: Member<ServerOrder, ServerReport>;
  readonly #points: readonly Member<PointOrder, PointReport>[];
  readonly accounts: number;
  readonly members: number;

  private constructor(
    server: Member<ServerOrder, ServerReport>,
    points: readonly Member<PointOrder, PointReport>[],
    started: { readonly accounts: number; readonly members: number },
  ) {
    this.#server = server;
    this.#points = points;
    this.accounts = started.accounts;
    this.members = started.members;
  }

  static async start(options: {
    readonly work: string;
    readonly lakeFolder: string;
    readonly points: number;
  }): Promise<Fleet> {
    const { work, lakeFolder } = options;
    const { privateKey, publicKey } = generateKeyPairSync("ed25519", {
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const folder = path.join(work, "bundles");
    await mkdir(folder);
    const server = new Member<ServerOrder, ServerReport>("server-process.ts");
    server.order({ order: "start", settings: { folder, lakeFolder, privateKeyPem: privateKey } });
    const started = await server.report();
    if (started.report !== "started") throw new Error("the server did not start");
    const { port, recalled, spared } = started;
    const points = Array.from({ length: options.points }, (_, index) => {
      const point = new Member<PointOrder, PointReport>("point-process.ts");
      const lastGoodFile = path.join(work, `point-${index}`, "last-good.bundle");
      const url = `http://127.0.0.1:${port}`;
      const settings = { url, publicKeyPem: publicKey, lastGoodFile, recalled, spared };
      point.order({ order: "start", settings });
      return point;
    });
    for (const point of points) {
      const report = await point.report();
      if (report.report !== "following") throw new Error("a point did not start");
    }
    // Their event streams are open soon after.
    await new Promise((resolve) => setTimeout(resolve, 500));
    return new Fleet(server, points, started);
  }

  /** Lets everybody in again, and then recalls the cohort. */
  async recall(cohort: "ready" | "query"): Promise<Recall> {
    await this.#publish("none");
    return this.#publish(cohort);
  }

  /** The floor: the same bytes to the same processes, unread. Needs a recall before. */
  async fetchOnly(): Promise<number> {
    const fromNs = nowNs();
    for (const point of this.#points) point.order({ order: "fetch" });
    let last = 0;
    for (const point of this.#points) {
      const report = await point.report();
      if (report.report !== "fetched") throw new Error("a point did not fetch");
      last = Math.max(last, msBetween(fromNs, report.atNs));
    }
    return last;
  }

  async end(): Promise<void> {
    for (const point of this.#points) point.order({ order: "end" });
    for (const point of this.#points) await point.ended();
    this.#server.order({ order: "end" });
    await this.#server.ended();
  }

  async #publish(cohort: "none" | "ready" | "query"): Promise<Recall> {
    const approvedNs = nowNs();
    this.#server.order({ order: "publish", cohort });
    const published = await this.#server.report();
    if (published.report !== "published") throw new Error("nothing was published");
    let last = { milliseconds: 0, openMs: 0 };
    let right = true;
    for (const point of this.#points) {
      const enforced = await point.report();
      if (enforced.report !== "enforced" || enforced.version !== published.version) {
        throw new Error("a point enforces something else");
      }
      const milliseconds = msBetween(approvedNs, enforced.atNs);
      if (milliseconds > last.milliseconds) {
        last = { milliseconds, openMs: msBetween(enforced.offeredNs, enforced.atNs) };
      }
      right &&= enforced.refusesRecalled === (cohort !== "none") && !enforced.refusesSpared;
    }
    return { ...last, steps: published.steps, bytes: published.bytes, right };
  }
}
