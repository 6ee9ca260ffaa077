import { describe, expect, it } from "vitest";
import { AppClients, type Sessions } from "../src/clients/app-clients.ts";
import { nextStep } from "../src/clients/next-step.ts";
import { firstRound, lastRound } from "../src/clients/rounds.ts";
import { Schedule } from "../src/clients/schedule.ts";
import type { Caller, Directive, ServicePort, Session, TokenReply } from "../src/clients/service-port.ts";
import { Population } from "../src/population/population.ts";
import { mustUpgrade } from "../src/population/segments.ts";

const accounts = 300;
const population = new Population({ accounts, seed: 5 });
const schedule = new Schedule({ accounts, seed: 5 });

/** A service with the rules of the reference incident, in memory: what it demands it also enforces. */
class FakeOverture implements ServicePort {
  readonly signedIn = new Set<number>();
  readonly downloaded = new Set<number>();
  readonly played = new Set<number>();
  refreshes = 0;
  /** Before the last wave: nobody is asked to sign in yet and the upgrade is only recommended. */
  early = false;

  directives(caller: Caller): Promise<readonly Directive[]> {
    return Promise.resolve(this.#directives(caller));
  }

  play(caller: Caller): Promise<boolean> {
    const admitted = this.#admits(caller);
    if (admitted) this.played.add(caller.index);
    return Promise.resolve(admitted);
  }

  download(caller: Caller): Promise<boolean> {
    const admitted = this.#admits(caller);
    if (admitted) this.downloaded.add(caller.index);
    return Promise.resolve(admitted);
  }

  refresh(): Promise<TokenReply> {
    this.refreshes++;
    return Promise.resolve({ admitted: false });
  }

  signIn(caller: Caller): Promise<TokenReply> {
    const tooOld = this.#directives(caller).some(
      ({ measure, required }) => measure === "upgrade" && required,
    );
    if (tooOld) return Promise.resolve({ admitted: false });
    this.signedIn.add(caller.index);
    return Promise.resolve({ admitted: true, session: { accessToken: "new", refreshToken: "new" } });
  }

  #directives({ index, upgraded, session }: Caller): Directive[] {
    const { certain, platform, appStore, hasOffline, segment } = population.person(index);
    const directives: Directive[] = [];
    const add = (measure: string, required: boolean, more: Partial<Directive> = {}) =>
      directives.push({ measure, rule: measure, required, ...more });
    if (platform === "android" && appStore === "unknown") add("refuse_client", true);
    if (!this.early && certain && session.accessToken === "old") add("reauthenticate", true);
    if (mustUpgrade(segment.share) && !upgraded) {
      if (this.early && appStore === "amazon-appstore") add("upgrade", false, { available: false });
      else add("upgrade", !this.early);
    }
    if (hasOffline && upgraded && !this.downloaded.has(index)) add("redownload", true);
    return directives;
  }

  #admits(caller: Caller): boolean {
    return this.#directives(caller).every(({ measure, required }) => measure === "redownload" || !required);
  }
}

function memorySessions(): Sessions & { readonly renewed: Map<number, Session> } {
  const renewed = new Map<number, Session>();
  return {
    renewed,
    read: (index) => renewed.get(index) ?? { accessToken: "old", refreshToken: "old" },
    write: (index, session) => renewed.set(index, session),
  };
}

function start() {
  const service = new FakeOverture();
  const sessions = memorySessions();
  const clients = new AppClients({ population, schedule, service, sessions });
  const options = { clients, schedule, concurrency: 8, nowMs: Date.now };
  return { service, sessions, clients, options };
}

const everybody = Array.from({ length: accounts }, (_, index) => population.person(index));

describe("simulated clients", () => {
  it("obey every directive until all trusted apps play, and the others give up", async () => {
    const { service, sessions, clients, options } = start();
    service.early = true;
    await firstRound(options, 0);
    expect(clients.counts.upgraded).toBeGreaterThan(0);
    expect(clients.counts.signedIn).toBe(0);
    service.early = false;
    await lastRound(options, accounts);

    const certain = everybody.filter((person) => person.certain);
    expect(sessions.renewed.size).toBe(certain.length);
    expect(service.refreshes).toBe(certain.length);
    expect(clients.counts.upgraded).toBe(
      everybody.filter((person) => mustUpgrade(person.segment.share)).length,
    );
    expect(clients.counts.downloaded).toBe(everybody.filter((person) => person.hasOffline).length);
    const untrusted = everybody.filter((person) => person.appStore === "unknown");
    expect(clients.counts.gaveUp).toBe(untrusted.length);
    expect(service.played.size).toBe(accounts - untrusted.length);
    expect(clients.counts.stuck).toBe(0);
  });

  it("say so when a service never admits them", async () => {
    const { service, clients, options } = start();
    service.play = () => Promise.resolve(false);
    await lastRound(options, accounts);
    expect(clients.counts.stuck).toBe(accounts - clients.counts.gaveUp);
    expect(clients.failures[0]).toMatch(/still no music/);
  });

  it("go on when the service fails for one of them", async () => {
    const { service, clients } = start();
    service.directives = () => Promise.reject(new Error("connection reset"));
    await clients.open(0, 0);
    expect(clients.counts.stuck).toBe(1);
    expect(clients.failures[0]).toMatch(/connection reset/);
  });
});

describe("the next step", () => {
  const habits = { eager: false, keepsOffline: true };
  const directive = (measure: string, required = true, more: Partial<Directive> = {}): Directive => ({
    measure,
    rule: measure,
    required,
    ...more,
  });

  it.each([
    [
      "a refused client gives up, whatever else it is told",
      [directive("refuse_client"), directive("reauthenticate")],
      "give-up",
    ],
    [
      "a required upgrade comes before the sign-in",
      [directive("reauthenticate"), directive("upgrade")],
      "upgrade",
    ],
    [
      "an upgrade that is not there yet asks for nothing",
      [directive("upgrade", false, { available: false })],
      "play",
    ],
    ["a recommended upgrade can wait", [directive("upgrade", false)], "play"],
    [
      "a sign-in comes before the download",
      [directive("reauthenticate"), directive("redownload")],
      "sign-in",
    ],
    ["playlists are downloaded again", [directive("redownload")], "download"],
    ["nothing told, nothing done", [], "play"],
  ] as const)("%s", (_, directives, step) => {
    expect(nextStep(directives, habits)).toBe(step);
  });

  it("an eager person upgrades already when it is recommended", () => {
    expect(nextStep([directive("upgrade", false)], { eager: true, keepsOffline: false })).toBe("upgrade");
  });
});
