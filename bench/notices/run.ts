import { openJournal } from "@cordon/journal-postgres";
import { migrateNotices, type DeliveryLedger } from "@cordon/notices";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { describeMachine, load } from "../machine.ts";
import { inRounds, type Contestant } from "../rounds.ts";
import { runSenders, startSink, type Sink } from "./contest.ts";
import { connectLedger } from "./ledger-connection.ts";
import { measureLargeLedger } from "./large-ledger.ts";
import { benchMessages } from "./messages.ts";
import { planBench } from "./plan-bench.ts";

const help = `What the delivery ledger costs: ledger, claims check and rates against bare nodemailer, in turn, into the same mail server (a
process of its own, on loopback); two senders on one ledger against one; memory; and a ledger of forty million.

  node bench/notices/run.ts --people 20000 --rounds 5 --large 40000000

  --people N        messages a round (default 20000)
  --rounds N        rounds after the warm-up (default 5)
  --connections N   connections of a sender (default 4)
  --latency MS      how late the far server of the two-sender part answers (default 5)
  --memory N        people of the memory part (default 1000000, 0: left out)
  --large N         people of the large ledger (default 40000000, 0: left out)
  --out FILE        the results (default bench/results/notices.json)
`;

const { values } = parseArgs({
  options: {
    people: { type: "string", default: "20000" },
    rounds: { type: "string", default: "5" },
    connections: { type: "string", default: "4" },
    latency: { type: "string", default: "5" },
    memory: { type: "string", default: "1000000" },
    large: { type: "string", default: "40000000" },
    out: { type: "string", default: new URL("../results/notices.json", import.meta.url).pathname },
    help: { type: "boolean", default: false },
  },
});

function whole(name: "people" | "rounds" | "connections" | "latency" | "memory" | "large"): number {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  process.stderr.write(`--${name}: \`${values[name]}\`, expected a whole number\n`);
  process.exit(2);
}

let notices = 0;

/** Rounds of one kind of sender, `processes` of them on one ledger (or each with its share of the people). */
function contestant(
  name: string,
  mode: "built" | "ready" | "lanes" | "cordon",
  setting: { sink: Sink; url: string; ledger: DeliveryLedger; people: number; processes: number },
): Contestant {
  const { sink, url, ledger, people, processes } = setting;
  return {
    name,
    isFloor: false,
    async run() {
      const before = await sink.messages();
      const rest = mode === "cordon" ? [url, await planBench(ledger, `bench-${++notices}`, people)] : [];
      const share = mode === "cordon" ? people : Math.floor(people / processes);
      const line = [mode, sink.port, share, whole("connections"), ...rest];
      const senders = await runSenders(Array.from({ length: processes }, () => line));
      const arrived = (await sink.messages()) - before;
      const sent = senders.reduce((sum, one) => sum + one.sent, 0);
      if (sent !== arrived) throw new Error(`${name}: ${sent} sent, ${arrived} arrived`);
      return {
        milliseconds: Math.max(...senders.map(({ milliseconds }) => milliseconds)),
        answer: `${arrived} messages`,
        peakRssBytes: Math.max(...senders.map(({ peakRssBytes }) => peakRssBytes)),
      };
    },
  };
}

async function main(): Promise<void> {
  const work = await mkdtemp(path.join(tmpdir(), "cordon-bench-notices-"));
  const journal = await openJournal({ home: work, databaseUrl: null, clock: Date.now, randomBytes });
  const note = (text: string) => process.stderr.write(`${text}\n`);
  const url = (await readFile(path.join(work, "postgres.url"), "utf8")).trim();
  const connection = connectLedger(url);
  const near = await startSink(0);
  const far = await startSink(whole("latency"));
  try {
    await migrateNotices(connection.db);
    const { ledger } = connection;
    const rounds = { rounds: whole("rounds"), slowMs: Infinity, note };
    const one = { url, ledger, people: whole("people"), processes: 1 };
    const cost = await inRounds(
      [
        contestant("nodemailer", "built", { ...one, sink: near }),
        contestant("nodemailer, ready bytes", "ready", { ...one, sink: near }),
        contestant("lanes without ledger", "lanes", { ...one, sink: near }),
        contestant("cordon", "cordon", { ...one, sink: near }),
      ],
      rounds,
    );
    const farPeople = whole("people");
    const scale = await inRounds(
      [
        contestant("one sender", "cordon", { ...one, sink: far, people: farPeople }),
        contestant("two senders", "cordon", { ...one, sink: far, people: farPeople, processes: 2 }),
      ],
      rounds,
    );
    const busy = await inRounds(
      [
        contestant("one sender", "cordon", { ...one, sink: near }),
        contestant("two senders", "cordon", { ...one, sink: near, processes: 2 }),
      ],
      rounds,
    );
    const memory = whole("memory") === 0 ? null : await runSenders([["discard", 0, whole("memory"), 4, url]]);
    const large = whole("large") === 0 ? null : await measureLargeLedger(connection, url, whole("large"));
    const ms = (figures: readonly { name: string; minMs: number; medianMs: number }[], name: string) => {
      const found = figures.find((one_) => one_.name === name);
      return { min: found?.minMs ?? NaN, median: found?.medianMs ?? NaN };
    };
    const ratio = (figures: typeof cost, over: string, under: string) => ({
      min: ms(figures, over).min / ms(figures, under).min,
      median: ms(figures, over).median / ms(figures, under).median,
    });
    const share = (figures: typeof cost) => {
      const [whole_, lanes, bare] = ["cordon", "lanes without ledger", "nodemailer"].map((name) =>
        ms(figures, name),
      );
      const of = (kind: "min" | "median") =>
        ((whole_?.[kind] ?? NaN) - (lanes?.[kind] ?? NaN)) / (bare?.[kind] ?? NaN);
      return { min: of("min"), median: of("median") };
    };
    const results = {
      machine: describeMachine(["nodemailer", "pg", "kysely"]),
      load: load(),
      people: one.people,
      connections: whole("connections"),
      messageBytes: (await benchMessages()).bytesFor(0).bytes.byteLength,
      cost: {
        figures: cost,
        timeOverNodemailer: ratio(cost, "cordon", "nodemailer"),
        timeOverReadyBytes: ratio(cost, "cordon", "nodemailer, ready bytes"),
        // What ledger, claims check and rates add to a message, as a share of what nodemailer takes for one.
        ledgerShare: share(cost),
        timeOverLanes: ratio(cost, "cordon", "lanes without ledger"),
      },
      twoSendersFar: {
        latencyMs: whole("latency"),
        people: farPeople,
        figures: scale,
        speedup: ratio(scale, "one sender", "two senders"),
      },
      twoSendersNear: { figures: busy, speedup: ratio(busy, "one sender", "two senders") },
      memory: memory === null ? null : { people: whole("memory"), ...memory[0] },
      large,
    };
    await writeFile(values.out, `${JSON.stringify(results, null, 2)}\n`);
    const percent = (value: number) => `${((value - 1) * 100).toFixed(1)} %`;
    process.stdout.write(
      [
        `cordon over nodemailer: ${percent(results.cost.timeOverNodemailer.min)} (min), ${percent(results.cost.timeOverNodemailer.median)} (median)`,
        `cordon over nodemailer with ready bytes: ${percent(results.cost.timeOverReadyBytes.min)} (min), ${percent(results.cost.timeOverReadyBytes.median)} (median)`,
        `what the ledger adds, of nodemailer's time: ${percent(1 + results.cost.ledgerShare.min)} (min), ${percent(1 + results.cost.ledgerShare.median)} (median)`,
        `cordon over its lanes: ${percent(results.cost.timeOverLanes.min)} (min), ${percent(results.cost.timeOverLanes.median)} (median)`,
        `two senders, far server: ${results.twoSendersFar.speedup.min.toFixed(2)} (min), ${results.twoSendersFar.speedup.median.toFixed(2)} (median)`,
        `two senders, near server: ${results.twoSendersNear.speedup.min.toFixed(2)} (min), ${results.twoSendersNear.speedup.median.toFixed(2)} (median)`,
        `memory: ${JSON.stringify(results.memory)}`,
        `large: ${JSON.stringify(large)}`,
        "",
      ].join("\n"),
    );
  } finally {
    near.close();
    far.close();
    await connection.close();
    await journal.close();
    await rm(work, { recursive: true, force: true });
  }
}

if (values.help) process.stdout.write(help);
else await main();
