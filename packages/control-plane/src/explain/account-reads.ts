import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { parseDataMap } from "@cordon/evidence";
import type { AccountExplanation } from "@cordon/contract";
import { openPopulation, runScope, type SuspectEvent } from "@cordon/lake";
import type { AnswerState, Incident } from "@cordon/response";
import { parseQuestion } from "@cordon/scope";
import type { Plane } from "../plane.ts";
import { incidentEventOf } from "../record/recorded-event.ts";
import { incidentStream } from "../record/streams.ts";

type Reads = AccountExplanation["reads"][number];

/** The most events of an answer that are looked through for one account. */
const eventsMax = 100_000;

/** What each answer of an incident says of one account. Decoys are nobody's account: answers leave them out. */
export async function accountReads(
  plane: Plane,
  incident: Incident,
  {
    account,
    createdAtMs,
    withEvents,
  }: {
    readonly account: string;
    readonly createdAtMs: number | null;
    readonly withEvents: boolean;
  },
): Promise<readonly Reads[]> {
  const reads: Reads[] = [];
  for (const state of incident.answers.values()) {
    if (state.decoys.includes(account)) continue;
    const { answer, accountIds, window } = state;
    const isNamed = accountIds === null ? null : accountIds.includes(account);
    // As `reachableCohort`: who is not named can be among the others only while the answer counts more than it names.
    const others = accountIds === null || answer.accounts.atMost > accountIds.length;
    const wasThere = createdAtMs === null || createdAtMs < Date.parse(window.to);
    const isPossible = isNamed !== false || (others && wasThere);
    const listed =
      withEvents && isPossible
        ? await eventsOf(plane, incident, state, account)
        : { events: null, note: withEvents ? null : "not asked for" };
    const { events } = listed;
    reads.push({
      incidentId: incident.incidentId,
      answerDigest: state.answerDigest,
      window,
      named: isNamed ?? (events !== null && events.some(({ surely }) => surely) ? true : null),
      possible: isPossible,
      classes: {
        read:
          events === null
            ? isPossible
              ? [...answer.dataClasses.accessed]
              : []
            : [...new Set(events.flatMap((event) => event.classes))].sort(),
        open: isPossible ? [...answer.dataClasses.unknown] : [],
      },
      claimed: incident.claims.some(
        (claim) => claim.answerDigest === state.answerDigest && claim.contradicted === null,
      ),
      events: events === null ? null : [...events],
      eventsNote: listed.note,
    });
  }
  return reads;
}

type Events = NonNullable<Reads["events"]>;

/** Reads the evidence once more, with the map and the question that the answer was given to. */
async function eventsOf(
  plane: Plane,
  incident: Incident,
  state: AnswerState,
  account: string,
): Promise<{ readonly events: Events | null; readonly note: string | null }> {
  const asked = await questionOf(plane, incident, state.questionDigest);
  if (asked === null) return { events: null, note: "the question is no longer on record" };
  const map = parseDataMap(asked.map);
  const question = parseQuestion(asked.question);
  const root = join(plane.home, "evidence");
  const folder = await realpath(join(root, ...state.folder.split("/"))).catch(() => null);
  if (folder === null) return { events: null, note: "the evidence is no longer here" };
  const population = await openPopulation(
    { directory: plane.directory.directory },
    { windowEndUs: question.toUs, decoys: question.decoys },
  );
  try {
    const { answer, events, eventsTruncated } = await runScope({
      map,
      question,
      evidenceFolder: folder,
      population,
      workFolder: join(plane.home, "lake"),
      eventsMax,
    });
    if (answer.evidence.digest !== state.evidenceDigest)
      return { events: null, note: "the evidence has changed since the answer" };
    const theirs = events.filter(({ access }) => access?.accounts.includes(account) ?? false);
    const mayMiss = eventsTruncated || events.some(isCut);
    return {
      events: theirs.map(viewOf),
      note: mayMiss ? "there are more events, or more accounts in one event, than are looked through" : null,
    };
  } finally {
    population.close();
  }
}

function isCut({ access }: SuspectEvent): boolean {
  return access !== null && access.accountsNamed > access.accounts.length;
}

function viewOf({ time, source, operation, access, surely, file, line }: SuspectEvent): Events[number] {
  return {
    time,
    source,
    operation,
    effect: access?.effect ?? "read",
    classes: [...(access?.classes ?? [])].sort(),
    surely,
    file,
    line,
  };
}

async function questionOf(plane: Plane, incident: Incident, questionDigest: string) {
  for (const recorded of await plane.journal.read(incidentStream(incident.incidentId))) {
    const event = incidentEventOf(recorded);
    if (event?.type === "question-asked" && event.data.questionDigest === questionDigest) return event.data;
  }
  return null;
}
