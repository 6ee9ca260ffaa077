import {
  defaultIssuer,
  drillPasswordCost,
  mintSessions,
  openDatabase,
  openOvertureHome,
  seedAccounts,
  seedInstallations,
  type AccountSeed,
  type InstallationSeed,
  type SessionSeed,
} from "@cordon/overture";
import { installationIdOf, passwordOf } from "../population/credentials.ts";
import {
  decoyAccountId,
  decoyEmail,
  incidentMs,
  type Person,
  type Population,
} from "../population/population.ts";
import { drawUnit, streamKey } from "../population/random.ts";
import type { OverturePlace } from "./overture-place.ts";

const dayMs = 86_400_000;
const sessionAgeDaysMax = 40;
/** Longer than any drill. */
const accessTokenMs = 12 * 3_600_000;
const refreshTokenMs = 60 * dayMs;
const firstOfflineEpoch = 1;

/**
 * Makes the drilled service what it was before the incident: its accounts (and one planted record), their apps, and
 * everybody signed in for days. Passwords are hashed at argon2id's smallest cost.
 */
export function loadPopulation(population: Population, place: OverturePlace, nowMs: number): void {
  const home = openOvertureHome(place.home);
  const database = openDatabase(home.databaseFile);
  try {
    // A crash throws the whole folder away, so nothing needs to reach the disk in order.
    database.exec("PRAGMA synchronous = OFF");
    seedAccounts(database, accountSeeds(population), drillPasswordCost);
    seedInstallations(database, installationSeeds(population));
    mintSessions(database, sessionSeeds(population, nowMs), {
      keys: home.signingKeys,
      issuer: defaultIssuer,
      nowMs,
      accessTokenMs,
      refreshTokenMs,
      file: place.sessionFile,
    });
  } finally {
    database.close();
  }
}

function* people(population: Population): Generator<Person> {
  for (let index = 0; index < population.accounts; index++) yield population.person(index);
}

function* accountSeeds(population: Population): Generator<AccountSeed> {
  for (const person of people(population)) {
    const { accountId: id, email, market, locale, createdAtMs, passwordSetAtMs } = person;
    yield {
      id,
      email,
      password: passwordOf(population.seed, person.index),
      market,
      locale,
      createdAtMs,
      passwordSetAtMs,
    };
  }
  const passwordSetAtMs = incidentMs - 300 * dayMs;
  yield {
    id: decoyAccountId,
    email: decoyEmail,
    password: passwordOf(population.seed, -1),
    market: "SE",
    locale: "sv-SE",
    createdAtMs: passwordSetAtMs,
    passwordSetAtMs,
  };
}

function* installationSeeds(population: Population): Generator<InstallationSeed> {
  for (const person of people(population)) {
    yield {
      id: installationIdOf(person.index),
      accountId: person.accountId,
      platform: person.platform,
      store: person.appStore,
      version: person.version,
      lastSeenMs: person.lastSeenMs,
      hasOffline: person.hasOffline,
      offlineEpoch: firstOfflineEpoch,
    };
  }
}

function* sessionSeeds(population: Population, nowMs: number): Generator<SessionSeed> {
  const key = streamKey(population.seed, "signed in");
  for (const person of people(population)) {
    const ageMs = (1 + drawUnit(key, person.index) * sessionAgeDaysMax) * dayMs;
    yield {
      accountId: person.accountId,
      installationId: installationIdOf(person.index),
      platform: person.platform,
      authTimeMs: Math.round(nowMs - ageMs),
      passwordSetAtMs: person.passwordSetAtMs,
    };
  }
}
