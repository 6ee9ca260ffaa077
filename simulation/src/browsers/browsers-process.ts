import { PersonInBrowser } from "./browser-person.ts";
import type {
  BrowserFigures,
  BrowsersConfig,
  BrowsersMessage,
  BrowsersRequest,
} from "./browsers-messages.ts";
import { RealBrowser } from "./real-browser.ts";

/** A few people in real browsers as a process of its own: `node browsers-process.ts CONFIG`, spoken to over IPC. */

const { people, playerUrl } = JSON.parse(process.argv[2] ?? "{}") as BrowsersConfig;
const tell = (message: BrowsersMessage) => process.send?.(message);

const browser = await RealBrowser.start();
const persons: { readonly asked: boolean; readonly there: PersonInBrowser }[] = [];
for (const person of people) {
  const there = new PersonInBrowser(await browser.newPerson(), person, playerUrl);
  await there.signIn();
  persons.push({ asked: person.asked, there });
}
process.once("message", (request: BrowsersRequest) => void comeBack(request));
process.once("disconnect", () => void end());
process.once("SIGTERM", () => void end());
tell({ kind: "open" });

async function comeBack({ kind }: BrowsersRequest): Promise<void> {
  const met: { asked: boolean; what: "asked" | "nothing" | Error }[] = [];
  for (const { asked, there } of persons)
    met.push({ asked, what: await there.comeBack().catch((error: unknown) => error as Error) });
  const as = (what: "asked" | "nothing", asked: boolean) =>
    met.filter((each) => each.asked === asked && each.what === what).length;
  const figures: BrowserFigures = {
    opened: persons.length,
    signedInAgain: as("asked", true),
    undisturbed: as("nothing", false),
    faults: met.flatMap(({ asked, what }) => {
      if (what instanceof Error) return [what.message.split("\n")[0] ?? ""];
      if (what === "asked" && !asked)
        return ["somebody in a browser was asked to sign in again without need"];
      return what === "nothing" && asked ? ["somebody in a browser was not asked to sign in again"] : [];
    }),
  };
  tell({ kind: `${kind}ed`, ...figures });
  await end();
}

async function end(): Promise<void> {
  await browser.close();
  process.exit(0);
}
