import { openControlPlane, draftPlan, openIncident, previewPlan, type Caller } from "@cordon/control-plane";
import { openDirectory } from "@cordon/lake";
import { randomBytes } from "node:crypto";
import { mkdir, symlink } from "node:fs/promises";
import path from "node:path";

import { inRounds, type Figures, type RoundOptions } from "../rounds.ts";

type Draft = Parameters<typeof draftPlan>[3];
type Asked = Parameters<typeof previewPlan>[3];

const caller: Caller = { operator: "rob", roles: ["investigator", "responder"], idempotencyKey: null };

/** Plans as an incident has them; the last is the kind that signs everybody out, upgrades and has content fetched anew. */
const plans: readonly { readonly name: string; readonly draft: Draft }[] = [
  {
    name: "reauthenticate two markets",
    draft: {
      measures: [
        {
          id: "a-reauth",
          measure: "reauthenticate",
          cohort: { directory: { market: ["SE", "GB"] } },
          rollout: { over: "24h", waves: 24 },
        },
      ],
    },
  },
  {
    name: "change passwords by market, creation and password",
    draft: {
      measures: [
        {
          id: "b-newpw",
          measure: "change_password",
          cohort: {
            directory: {
              market: ["SE", "GB"],
              createdBefore: "2011-07-02T12:00:00Z",
              passwordSetBefore: "2013-07-02T12:00:00Z",
            },
          },
        },
      ],
    },
  },
  {
    name: "everybody: reauthenticate, upgrade, redownload",
    draft: {
      measures: [
        { id: "c-reauth", measure: "reauthenticate", rollout: { over: "72h", waves: 72 } },
        {
          id: "c-upgrade",
          measure: "upgrade",
          where: { platform: "android" },
          below: "2.0.0",
          required: "2099-06-03T00:00:00Z",
        },
        { id: "c-offline", measure: "redownload", where: { platform: "android" }, epoch: 2 },
      ],
    },
  },
];

const week = Array.from({ length: 168 }, (_, hour) => 1 + Math.sin((hour / 24) * 2 * Math.PI) / 2);

function asked(accounts: number): Asked {
  const people = week.map((share) => (share * accounts) / 168);
  return {
    profile: { groups: [{ people: accounts, backByHour: people }], atOnce: null },
    signInsPerSecondMax: 400,
    contactsPerThousand: { signIns: 2, downloads: 1 },
  };
}

/**
 * The preview of a plan, whole: the query that the API answers with, over a home with the directory of `lakeFolder`, a database and a
 * journal. "First" keeps no cohort from before; after that they are kept, as in a server that was asked before.
 */
export async function timePreviews(
  lakeFolder: string,
  accounts: number,
  options: RoundOptions,
): Promise<Readonly<Record<string, readonly Figures[]>>> {
  const home = path.join(path.dirname(lakeFolder), "preview-home");
  await mkdir(home, { recursive: true });
  await symlink(lakeFolder, path.join(home, "lake"));
  const plane = await openControlPlane({
    home,
    databaseUrl: null,
    directory: null,
    mail: null,
    operators: { roles: () => Promise.resolve(new Map([["rob", caller.roles]])) },
    clock: Date.now,
    randomBytes: (count) => randomBytes(count),
    onNote: options.note,
  });
  try {
    const incident = await openIncident(plane, caller, { title: "bench" });
    const figures: Record<string, readonly Figures[]> = {};
    for (const { name, draft } of plans) {
      const { id } = await draftPlan(plane, caller, incident.id, draft);
      let peopleSeen = "";
      const measured = async () => {
        const started = process.hrtime.bigint();
        const preview = await previewPlan(plane, incident.id, id, asked(accounts));
        peopleSeen = [preview.people, ...preview.measures.map(({ people }) => people)].join(" ");
        const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
        return { milliseconds, answer: peopleSeen, peakRssBytes: null };
      };
      const first = await measured();
      const kept = await inRounds([{ name: "cordon, kept", run: measured }], options);
      figures[`preview: ${name}`] = [
        {
          name: "cordon, first",
          isFloor: false,
          rounds: [first.milliseconds],
          minMs: first.milliseconds,
          medianMs: first.milliseconds,
          answer: first.answer,
          peakRssBytes: null,
        },
        ...kept,
      ];
    }
    await checkPeople(lakeFolder, accounts, figures);
    return figures;
  } finally {
    await plane.close();
  }
}

/** The same people, counted by another way: a preview that is fast and wrong is none. */
async function checkPeople(
  lakeFolder: string,
  accounts: number,
  figures: Readonly<Record<string, readonly Figures[]>>,
): Promise<void> {
  const directory = await openDirectory({ lakeFolder });
  try {
    const { members } = await directory.cohortBitmap(
      { directory: { market: ["SE", "GB"] } },
      { keep: false },
    );
    const expected = [`${members} ${members}`, null, String(accounts)];
    Object.values(figures).forEach(([first], index) => {
      const wanted = expected[index] ?? null;
      if (wanted !== null && first?.answer.startsWith(wanted) !== true)
        throw new Error(`the preview says ${first?.answer ?? "nothing"}, expected ${wanted}`);
    });
  } finally {
    directory.close();
  }
}
