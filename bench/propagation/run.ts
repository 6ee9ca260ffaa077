import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";

import type { NetworkCosts } from "./network.ts";
import { simulate } from "./simulate.ts";
import type { SimulationResult } from "./simulate.ts";

const help = `How long a bundle takes from its approval to all enforcement points, and who is named as stale. The points and their source
are the real ones; network and clock are simulated, so that the same seed gives the same figures on any machine.

  node bench/propagation/run.ts --points 1000 --bytes 1000,404000,2345000

  --points N         enforcement points (default 1000)
  --bytes LIST       what a bundle weighs on the wire, one size or several (default 1000,404000,2345000: everybody, and
                     400,000 and 4 M of 40 M accounts by ordinal)
  --cut-off SHARE    share of points that hear nothing any more (default 0.01)
  --spread MS        over how long the points spread their requests (default 200)
  --link-gbit N      the server's link in Gbit/s (default 10)
  --tls-ms N         the server's CPU for one TLS handshake (default 0.8)
  --keep-alive-s N   how long an idle connection is kept (default 70; 0: each request pays for TCP and TLS)
  --rtt-ms N         median round trip (default 30)
  --seed N           another network (default 1)
  --out FILE         the results (default bench/results/propagation-POINTS.json)
  --json             the results on standard output, nothing written
`;

const { values } = parseArgs({
  options: {
    points: { type: "string", default: "1000" },
    bytes: { type: "string", default: "1000,404000,2345000" },
    "cut-off": { type: "string", default: "0.01" },
    spread: { type: "string", default: "200" },
    "link-gbit": { type: "string", default: "10" },
    "tls-ms": { type: "string", default: "0.8" },
    "keep-alive-s": { type: "string", default: "70" },
    "rtt-ms": { type: "string", default: "30" },
    seed: { type: "string", default: "1" },
    out: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

function number(name: keyof typeof values, least: number): number {
  const text = String(values[name]);
  const value = Number(text);
  if (text !== "" && Number.isFinite(value) && value >= least) return value;
  process.stderr.write(`--${name}: \`${text}\` is no number, expected one of at least ${least}\n`);
  process.exit(2);
}

/** Opening and building grow with the cohort; measured by bench/bundle and bench/recall, per megabyte on the wire. */
const openMsPerMegabyte = 18;
const buildMsPerMegabyte = 40;

async function measure(bundleBytes: number, costs: NetworkCosts) {
  const megabytes = bundleBytes / 1e6;
  const result = await simulate({
    points: number("points", 1),
    cutOffShare: number("cut-off", 0),
    seed: number("seed", 0),
    bundleBytes,
    publishMs: 10 + buildMsPerMegabyte * megabytes,
    openMs: 2 + openMsPerMegabyte * megabytes,
    lookAgainSpreadMs: number("spread", 0),
    stampForMs: 60_000,
    costs,
  });
  checkNames(result);
  const { enforcedMs, ...others } = result;
  const at = (share: number) =>
    enforcedMs[Math.min(enforcedMs.length - 1, Math.ceil(share * enforcedMs.length) - 1)];
  return { bundleBytes, p50: at(0.5), p99: at(0.99), p999: at(0.999), last: enforcedMs.at(-1), ...others };
}

/** Whoever is stale is named, by the control plane and by itself, and nobody else is. */
function checkNames({ cutOff, staleByReports, staleByThemselves }: SimulationResult): void {
  const expected = cutOff.toSorted().join();
  if (staleByReports.toSorted().join() !== expected)
    throw new Error("the control plane names others than those cut off");
  if (staleByThemselves.toSorted().join() !== expected)
    throw new Error("others than those cut off know themselves stale");
}

if (values.help) process.stdout.write(help);
else {
  const sizes = values.bytes.split(",").map(Number);
  if (!sizes.every((size) => Number.isSafeInteger(size) && size > 0)) {
    process.stderr.write(
      `--bytes: \`${values.bytes}\`, expected whole numbers above 0 with commas between\n`,
    );
    process.exit(2);
  }
  const costs: NetworkCosts = {
    roundTripMedianMs: number("rtt-ms", 0),
    roundTripSpread: 0.6,
    jitter: 0.1,
    lossChance: 0.01,
    retransmitMs: 200,
    keepAliveMs: number("keep-alive-s", 0) * 1000,
    tlsServerMs: number("tls-ms", 0),
    tlsPointMs: 1,
    answerMs: 0.2,
    sendMsPerMegabyte: 1.2,
    nudgeMs: 0.02,
    serverBytesPerSecond: number("link-gbit", 0.001) * 1.25e8,
    pointBytesPerSecond: 1.25e8,
  };
  const results: Awaited<ReturnType<typeof measure>>[] = [];
  for (const size of sizes) results.push(await measure(size, costs));
  const document = `${JSON.stringify({ points: number("points", 1), seed: number("seed", 0), costs, results }, null, 2)}\n`;
  if (values.json) process.stdout.write(document);
  else {
    const out =
      values.out ?? new URL(`../results/propagation-${values.points}.json`, import.meta.url).pathname;
    await mkdir(path.dirname(out), { recursive: true });
    await writeFile(out, document);
    const ms = (value: number | undefined) => (value ?? Number.NaN).toFixed(0);
    const lines = [
      "| bytes on the wire | p50, ms | p99, ms | p99.9, ms | stale and named | requests | all, after mending, ms |",
      "|---|---|---|---|---|---|---|",
      ...results.map(
        ({ bundleBytes, p50, p99, p999, staleByReports, requests, mendedMs }) =>
          `| ${bundleBytes} | ${ms(p50)} | ${ms(p99)} | ${ms(p999)} | ${staleByReports.length} | ${requests} | ${ms(mendedMs)} |`,
      ),
      "",
      `Stale: ${results[0]?.staleByReports.join(", ") ?? ""}`,
    ];
    process.stdout.write(`${lines.join("\n")}\n`);
  }
}
