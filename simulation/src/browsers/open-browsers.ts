import type { Child } from "../drill/child-process.ts";
import { awaitMessage } from "../drill/await-message.ts";
import type { Processes } from "../drill/processes.ts";
import { passwordOf } from "../population/credentials.ts";
import type { Population } from "../population/population.ts";
import type { HiddenTruth } from "../truth/hidden-truth.ts";
import type {
  BrowserFigures,
  BrowserPerson,
  BrowsersConfig,
  BrowsersMessage,
  BrowsersRequest,
} from "./browsers-messages.ts";

const entry = new URL("./browsers-process.ts", import.meta.url);

/** How many of those who are asked to sign in again, and of those who are not, sit at a real browser. */
const askedPeople = 2;
const otherPeople = 1;

interface BrowsersInput {
  readonly processes: Processes;
  readonly population: Population;
  readonly truth: HiddenTruth;
  /** The instance whose player they open. */
  readonly playerUrl: string;
}

/** Starts them; they sign in while the investigation goes on. */
export function openBrowsers({ processes, population, truth, playerUrl }: BrowsersInput): Child {
  const config: BrowsersConfig = { playerUrl, people: peopleOf(population, truth) };
  const child = processes.start({ name: "browsers", entry, args: [JSON.stringify(config)] });
  processes.tell(child, null);
  return child;
}

/** Resolves once all of them are signed in. */
export async function browsersOpen(browsers: Child): Promise<void> {
  await awaitMessage(browsers, (message) => ((message as BrowsersMessage).kind === "open" ? true : null));
}

/** They come back to the pages that they had left open; resolves to what they met. */
export async function browsersReturn(browsers: Child): Promise<BrowserFigures> {
  const returned = awaitMessage(browsers, (message) => {
    const said = message as BrowsersMessage;
    return said.kind === "returned" ? said : null;
  });
  browsers.send({ kind: "return" } satisfies BrowsersRequest);
  const { opened, signedInAgain, undisturbed, faults } = await returned;
  return { opened, signedInAgain, undisturbed, faults };
}

/** The last of each kind: the first ones are the canary. */
function peopleOf(population: Population, truth: HiddenTruth): BrowserPerson[] {
  const concerned = new Set([truth.opened, ...truth.exposed].map(({ index }) => index));
  const people: BrowserPerson[] = [];
  const left = { asked: askedPeople, other: otherPeople };
  for (let index = population.accounts - 1; index >= 0 && left.asked + left.other > 0; index--) {
    const { certain, email } = population.person(index);
    const asked = certain || concerned.has(index);
    const kind = asked ? "asked" : "other";
    if (left[kind] === 0) continue;
    left[kind]--;
    people.push({ email, password: passwordOf(population.seed, index), asked });
  }
  return people;
}
