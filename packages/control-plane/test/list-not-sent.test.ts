import type { NoticeRecord, NotSent } from "@cordon/notices";
import { expect, test } from "vitest";
import { listNotSent, type Plane } from "../src/index.ts";

const mailing = (noticeNo: number, channel: "email" | "push"): NoticeRecord => ({
  noticeNo,
  incidentId: "inc-1",
  edition: 1,
  channel,
  manifestDigest: "sha256:00",
  salt: new Uint8Array(16),
  planned: true,
  stopped: null,
});

const person = (ordinal: number | null): NotSent => ({
  audience: "general",
  ordinal,
  accountId: ordinal === null ? "u-gone" : null,
  state: ordinal === null ? "unreachable" : "planned",
  cause: null,
  attempts: 0,
  replyCode: null,
  status: null,
  changedAtMs: null,
});

/** As much of a plane as the query needs: a notice in two channels, of which `people` are not sent to in each. */
function plane(people: readonly (number | null)[]): Plane {
  const lists = [mailing(7, "email"), mailing(9, "push")];
  const part = {
    record: {
      catchUp: () => Promise.resolve(),
      incident: () => ({ incidentId: "inc-1", notices: [{ noticeId: "notice-1", edition: 1 }] }),
    },
    desk: {
      ledger: {
        list: () => Promise.resolve([...lists, { ...mailing(11, "email"), edition: 2 }]),
        async *notSent(_noticeNo: number, after: number | null) {
          await Promise.resolve();
          for (const ordinal of people)
            if (ordinal === null ? after === null : after === null || ordinal > after) yield person(ordinal);
        },
      },
    },
    directory: {
      directory: {
        contacts: ({ afterOrdinal, limit }: { afterOrdinal: number; limit: number }) =>
          Promise.resolve(
            Array.from({ length: limit }, (_, n) => ({
              ordinal: afterOrdinal + 1 + n,
              accountId: `u-${afterOrdinal + 1 + n}`,
              email: null,
              locale: null,
              leftAtMs: null,
            })),
          ),
      },
    },
  };
  return part as unknown as Plane;
}

async function whole(of: Plane, limit: number): Promise<string[]> {
  const listed: string[] = [];
  for (let cursor: string | null = null, pages = 0; pages < 100; pages++) {
    const { entries, next }: Awaited<ReturnType<typeof listNotSent>> = await listNotSent(
      of,
      "inc-1",
      "notice-1",
      {
        cursor,
        limit,
      },
    );
    listed.push(...entries.map(({ channel, account }) => `${channel} ${account}`));
    if (next === null) return listed;
    cursor = next;
  }
  throw new Error("pages without end");
}

test.each([1, 2, 3, 4, 100])(
  "the list of those not sent to is the same in pages of %i: nobody twice, nobody left out",
  async (limit) => {
    const people = [null, null, 0, 1, 5, 6];
    const names = ["u-gone", "u-gone", "u-0", "u-1", "u-5", "u-6"];
    expect(await whole(plane(people), limit)).toEqual([
      ...names.map((name) => `email ${name}`),
      ...names.map((name) => `push ${name}`),
    ]);
  },
);

test("a cursor that no page gave is wrong input", async () => {
  for (const cursor of ["x", "7", "11:3", "7:-2"]) {
    await expect(listNotSent(plane([1]), "inc-1", "notice-1", { cursor, limit: 10 })).rejects.toMatchObject({
      path: ["cursor"],
    });
  }
});
