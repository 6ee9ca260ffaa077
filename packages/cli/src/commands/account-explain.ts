import { parseInstant } from "@cordon/model";
import type { CordonClient } from "@cordon/sdk";
import { Option } from "commander";
import type { Command } from "commander";
import { text as readAll } from "node:stream/consumers";
import { CliError } from "../cli-error.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly authTime?: string;
  readonly events?: true;
}

type Explanation = Awaited<ReturnType<CordonClient["explainAccount"]>>;

const idBytesMax = 1024;

export function registerAccountExplain(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "account",
    usage: "explain <id>",
    description:
      "for the support desk: what of an account was read, which measures and notices meet it and why, what to tell (`-`: the id comes by standard input)",
    example: "cordon account explain u-3141 --events",
    options: [
      new Option("--auth-time <time>", "when their session began (default: the oldest there can be)"),
      new Option(
        "--events",
        "read the evidence once more for their events; takes as long as the questions did",
      ),
    ],
    run: async (client, [id = ""], { authTime, events }) => {
      if (authTime !== undefined && parseInstant(authTime) === null) {
        const expected = "an RFC 3339 time with `Z`, as 2014-05-27T12:00:00Z";
        throw new CliError("ERR_CLI_USAGE", `--auth-time is \`${authTime}\`, expected ${expected}`);
      }
      const document = await client.explainAccount({
        account: await accountId(id),
        ...(authTime === undefined ? {} : { authTime }),
        ...(events === undefined ? {} : { events }),
      });
      return { document, lines: lines(document) };
    },
  });
}

async function accountId(given: string): Promise<string> {
  const id = given === "-" ? (await readAll(process.stdin)).replace(/\r?\n$/, "") : given;
  if (id !== "" && Buffer.byteLength(id) <= idBytesMax) return id;
  throw new CliError("ERR_CLI_USAGE", `no account id, expected 1 to ${idBytesMax} bytes`);
}

function lines({ account, directory, reads, measures, notices, bundleVersion, tell }: Explanation): string[] {
  return [
    directory.known
      ? `account ${account}: known as of ${directory.asOf ?? "?"}${directory.leftAt === null ? "" : `, left ${directory.leftAt}`}`
      : `account ${account}: the directory does not know it`,
    ...reads.flatMap(readLines),
    bundleVersion === null ? "no bundle is in force" : `bundle ${bundleVersion}:`,
    ...measures.flatMap(measureLines),
    ...notices.map(({ edition, audience, state }) => `notice ${edition} (${audience}): ${state}`),
    "what to tell them:",
    ...tell.map((sentence) => `  ${sentence}`),
  ];
}

function readLines({
  named,
  possible,
  window,
  classes,
  claimed,
  events,
  eventsNote,
}: Explanation["reads"][number]) {
  const found = named === true ? "named" : possible ? "possibly reached" : "not reached";
  return [
    `answer for ${window.from} … ${window.to}: ${found}${claimed ? "" : ", nothing is claimed on it"}`,
    ...(classes.read.length === 0 ? [] : [`  read: ${classes.read.join(", ")}`]),
    ...(classes.open.length === 0 ? [] : [`  not known: ${classes.open.join(", ")}`]),
    ...(events ?? []).map(
      (event) =>
        `  ${event.time} ${event.source} ${event.operation}: ${event.classes.join(", ")} (${event.file}:${event.line})`,
    ),
    ...(eventsNote === null || eventsNote === "not asked for" ? [] : [`  ${eventsNote}`]),
  ];
}

function measureLines({ client, allow, rules }: Explanation["measures"][number]): string[] {
  const on =
    client === null
      ? "any client"
      : [client.platform, client.store, client.version ?? "unknown version"].join(" ");
  return [
    `  ${on}: ${allow ? "let in" : "held back"}`,
    ...rules.map(({ rule, measure, applies, because, opensAt }) => {
      const opens = opensAt === null ? "" : `, from ${opensAt}`;
      return `    ${rule} (${measure}): ${applies ? "applies" : "does not apply"}, ${because}${opens}`;
    }),
  ];
}
