import type { Population } from "../population/population.ts";
import { storeLinks } from "../population/store-links.ts";
import { nextStep, type Habits } from "./next-step.ts";
import type { Schedule } from "./schedule.ts";
import type { Caller, Directive, ServicePort, Session } from "./service-port.ts";

/** Where a client's session is kept; see `SessionStore`. */
export interface Sessions {
  read(index: number): Session;
  write(index: number, session: Session): void;
}

/** What the clients did, for the live display. The report's figures come from the service's own logs. */
export interface ClientCounts {
  opened: number;
  played: number;
  signedIn: number;
  /** Refreshes of an old session that were admitted though the person had been told to sign in again. */
  refreshedAlthoughTold: number;
  upgraded: number;
  downloaded: number;
  gaveUp: number;
  denied: number;
  /** Openings that ended without music although every directive was obeyed, and those that met no service. */
  stuck: number;
  /** Directives with a link that leads to another store than the app's. */
  linkAstray: number;
}

/** Load balancers are sticky; one person in so many meets the other instance in a later round. */
const changesInstanceEvery = 8;
/** More steps than any client needs: upgrade, sign in, download, each met by a denial first. */
const stepsMax = 10;

const flags = { upgraded: 1, gaveUp: 2, running: 4 } as const;

/** All simulated people with their apps: a byte each, whatever they do. */
export class AppClients {
  readonly counts: ClientCounts = {
    opened: 0,
    played: 0,
    signedIn: 0,
    refreshedAlthoughTold: 0,
    upgraded: 0,
    downloaded: 0,
    gaveUp: 0,
    denied: 0,
    stuck: 0,
    linkAstray: 0,
  };
  /** The first failures, in words. */
  readonly failures: string[] = [];
  readonly #state: Uint8Array;
  readonly #options: {
    readonly population: Population;
    readonly schedule: Schedule;
    readonly service: ServicePort;
    readonly sessions: Sessions;
  };

  constructor(options: {
    readonly population: Population;
    readonly schedule: Schedule;
    readonly service: ServicePort;
    readonly sessions: Sessions;
  }) {
    this.#options = options;
    this.#state = new Uint8Array(options.population.accounts);
  }

  /** One opening of the app by one person, until music plays or the person gives up. Never throws. */
  async open(index: number, round: number): Promise<void> {
    if (this.#is(index, flags.gaveUp)) return;
    this.counts.opened++;
    try {
      await this.#openApp(index, round);
    } catch (error) {
      this.#fail(index, error instanceof Error ? error.message : String(error));
    }
  }

  async #openApp(index: number, round: number): Promise<void> {
    const { service, population, schedule } = this.#options;
    const { hasOffline } = population.person(index);
    const habits: Habits = { eager: schedule.isEager(index), keepsOffline: hasOffline };
    const caller = () => this.#caller(index, round);
    // An app that still runs from the last time goes straight to the music; what denies it then is asked about. Only
    // what denies nothing (downloading again) has to be asked for.
    const resumes = this.#is(index, flags.running) && !hasOffline;
    this.#set(index, flags.running);
    let directives = resumes ? [] : await this.#ask(caller());
    for (let step = 0; step < stepsMax; step++) {
      switch (nextStep(directives, habits)) {
        case "give-up":
          this.#set(index, flags.gaveUp);
          this.counts.gaveUp++;
          return;
        case "upgrade":
          this.#upgrade(index);
          directives = await this.#ask(caller());
          break;
        case "sign-in":
          directives = (await this.#signInAgain(caller()))
            ? without(directives, "reauthenticate")
            : await this.#ask(caller());
          break;
        case "download":
          if (await service.download(caller())) this.counts.downloaded++;
          else this.counts.denied++;
          directives = without(directives, "redownload");
          break;
        case "play":
          if (await service.play(caller())) {
            this.counts.played++;
            return;
          }
          this.counts.denied++;
          directives = await this.#ask(caller());
      }
    }
    this.#fail(
      index,
      `still no music after ${stepsMax} steps: ${directives.map((d) => d.measure).join(", ")}`,
    );
  }

  async #ask(caller: Caller): Promise<readonly Directive[]> {
    const directives = await this.#options.service.directives(caller);
    const { appStore } = this.#options.population.person(caller.index);
    for (const { link } of directives)
      if (link !== undefined && link !== storeLinks[appStore]) this.counts.linkAstray++;
    return directives;
  }

  /** A refresh first, as every app does; then user name and password. False when the service still refuses. */
  async #signInAgain(caller: Caller): Promise<boolean> {
    const { service, sessions } = this.#options;
    const refreshed = await service.refresh(caller);
    if (refreshed.admitted) {
      this.counts.refreshedAlthoughTold++;
      sessions.write(caller.index, refreshed.session);
    } else {
      this.counts.denied++;
    }
    const reply = await service.signIn(caller);
    if (!reply.admitted) {
      this.counts.denied++;
      return false;
    }
    sessions.write(caller.index, reply.session);
    this.counts.signedIn++;
    return true;
  }

  #upgrade(index: number): void {
    if (!this.#is(index, flags.upgraded)) this.counts.upgraded++;
    this.#set(index, flags.upgraded);
  }

  #caller(index: number, round: number): Caller {
    return {
      index,
      session: this.#options.sessions.read(index),
      upgraded: this.#is(index, flags.upgraded),
      route: round > 0 && index % changesInstanceEvery === 0 ? index + round : index,
    };
  }

  #is(index: number, flag: number): boolean {
    return ((this.#state[index] ?? 0) & flag) !== 0;
  }

  #set(index: number, flag: number): void {
    this.#state[index] = (this.#state[index] ?? 0) | flag;
  }

  #fail(index: number, why: string): void {
    this.counts.stuck++;
    if (this.failures.length < 20)
      this.failures.push(`${this.#options.population.person(index).accountId}: ${why}`);
  }
}

function without(directives: readonly Directive[], measure: string): readonly Directive[] {
  return directives.filter((directive) => directive.measure !== measure);
}
