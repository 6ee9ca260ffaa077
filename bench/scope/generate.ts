import { closeSync, openSync, writeSync } from "node:fs";
import { parseArgs } from "node:util";

import { eventLines } from "./event-lines.ts";
import { peakRssBytes } from "./peak-rss.ts";

const help = `Writes the benchmark's events as log lines: into a pipe, a file, or standard output.

  node bench/scope/generate.ts --events 3000000 > events.jsonl

  --events N     how many
  --accounts N   among how many accounts (default 4000000)
  --actors N     by how many actors (default 5000)
  --seed N       another seed, other events (default 1)
  --out FILE     where to (default: standard output)
`;

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "1000000" },
    accounts: { type: "string", default: "4000000" },
    actors: { type: "string", default: "5000" },
    seed: { type: "string", default: "1" },
    out: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) process.stdout.write(help);
else {
  const file = values.out === undefined ? 1 : openSync(values.out, "w");
  const started = process.hrtime.bigint();
  const shape = {
    events: Number(values.events),
    accounts: Number(values.accounts),
    actors: Number(values.actors),
    seed: Number(values.seed),
  };
  for (const bytes of eventLines(shape)) {
    for (let written = 0; written < bytes.length;)
      written += writeSync(file, bytes, written, bytes.length - written);
  }
  if (file !== 1) closeSync(file);
  const { user, system } = process.cpuUsage();
  process.send?.({
    seconds: Number(process.hrtime.bigint() - started) / 1e9,
    cpuSeconds: (user + system) / 1e6,
    peakRssBytes: peakRssBytes(),
  });
}
