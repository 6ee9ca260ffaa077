// A process of its own that appends without end and says on stdout what was acknowledged: it is there to be killed.
import { randomBytes } from "node:crypto";
import { openJournal } from "../src/index.ts";

const [home = "", name = ""] = process.argv.slice(2);
const journal = await openJournal({
  home,
  databaseUrl: null,
  clock: Date.now,
  randomBytes: (count) => randomBytes(count),
});
process.stdout.write("ready\n");
const lanes = 3;
await Promise.all(
  Array.from({ length: lanes }, async (_, lane) => {
    for (let n = 0; ; n++) {
      const events = Array.from({ length: 1 + (n % 40) }, (_, i) => ({
        type: "noted",
        data: { name, lane, n, i },
      }));
      const { firstSeq, lastSeq } = await journal.append(`lane/${lane}`, "any", events);
      process.stdout.write(`${JSON.stringify({ name, lane, n, firstSeq, lastSeq })}\n`);
    }
  }),
);
