import type { DirectoryOrigin, MailOrigin } from "@cordon/control-plane";
import { startServer, type RunningServer } from "@cordon/server";
import type { Command } from "commander";
import { readFileSync } from "node:fs";
import { askedToEnd } from "../asked-to-end.ts";
import { readChannels } from "../channels-file.ts";
import { CliError } from "../cli-error.ts";
import { readDutyRules } from "../duty-files.ts";
import { resolveHome } from "../home.ts";
import { oneLine } from "../one-line.ts";
import { printJson } from "../output.ts";
import { directoryUrlSetting, postgresDirectory } from "../postgres-directory.ts";
import { readPace } from "../pace-file.ts";
import { readRates } from "../rates-file.ts";
import { readSignIn } from "../sign-in-file.ts";
import { readWitnesses } from "../witness/parse-witnesses.ts";

interface ServeOptions {
  readonly home?: string;
  readonly port: string;
  readonly directory?: string;
  readonly installations?: string;
  readonly directoryFrom?: string;
  readonly smtp?: string;
  readonly from?: string;
  readonly pace?: string;
  readonly bounces?: string;
  readonly channels?: string;
  readonly witnesses?: string;
  readonly rates?: string;
  readonly dutyRules?: string;
  readonly dutyHolidays?: string;
  readonly signIn?: string;
  readonly publicUrl?: string;
  readonly behindProxy?: true;
  readonly log?: true;
  readonly json?: true;
}

export function registerServe(program: Command): void {
  program
    .command("serve")
    .description("starts the control plane of a home folder: its API, its status page and its workers")
    .option("--home <dir>", "home folder (default: CORDON_HOME, else ./.cordon)")
    .option("--port <n>", "port on 127.0.0.1; 0 for a free one", "7400")
    .option(
      "--directory <url|file>",
      "accounts: a URL that answers JSONL, or a .csv, .jsonl or .parquet file",
    )
    .option("--installations <url|file>", "their installations, likewise")
    .option(
      "--directory-from <kind>",
      `postgres: --directory and --installations name tables or .sql files of ${directoryUrlSetting}`,
    )
    .option("--smtp <url>", "mail server: smtp://[user:password@]host:port")
    .option("--from <sender>", 'who writes: "Name <address>"')
    .option("--pace <file>", "rates, warm-up and quiet hours of notices; YAML: docs/reference/notices.md")
    .option("--bounces <address>", "where bounces come back to, as `bounces+TOKEN@…`")
    .option(
      "--channels <file>",
      "e-mail by SMTP, SES or SparkPost, Web Push, webhooks, and what comes back; YAML: docs/operate/channels.md",
    )
    .option("--witnesses <file>", "who cosigns the journal: lines `witness NAME VKEY URL`")
    .option("--rates <file>", "rates that pause a run, asked of a Prometheus; YAML: prometheus, rates, every")
    .option("--duty-rules <file>", "rules of legal deadlines of your own (YAML or JSON) in place of Cordon's")
    .option("--duty-holidays <file>", "holiday calendars of your own in place of Cordon's")
    .option(
      "--sign-in <file>",
      "operators sign in by OpenID Connect; YAML: issuer, client, groups and their roles",
    )
    .option("--public-url <url>", "where browsers find the server (default: http://localhost:PORT)")
    .option("--behind-proxy", "a proxy on this machine says whose request it is (X-Forwarded-For)")
    .option("--log", "one JSON line for each request on stderr, without personal data")
    .option("--json", "nothing but one JSON document when it is ready")
    .addHelpText(
      "after",
      [
        "",
        'Prints {"listening":URL} when it is ready, and ends in order with Ctrl-C.',
        "DATABASE_URL names a PostgreSQL of one's own; CORDON_DIRECTORY_TOKEN is sent to the directory's URL as a bearer token.",
        "",
        "Example:",
        '  cordon serve --directory accounts.csv --smtp smtp://127.0.0.1:2525 --from "Overture <security@overture.example>"',
      ].join("\n"),
    )
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const ending = askedToEnd();
  const home = resolveHome(options.home);
  const channels = options.channels === undefined ? null : await readChannels(options.channels, home);
  const witnesses = options.witnesses === undefined ? [] : await readWitnesses(options.witnesses);
  const issuer = options.signIn === undefined ? null : await readSignIn(options.signIn);
  const rates =
    options.rates === undefined ? null : await readRates(options.rates, setting("CORDON_PROMETHEUS_TOKEN"));
  const duties = await readDutyRules({
    ...(options.dutyRules === undefined ? {} : { rules: options.dutyRules }),
    ...(options.dutyHolidays === undefined ? {} : { holidays: options.dutyHolidays }),
  });
  const publicUrl = options.publicUrl === undefined ? null : originOf(options.publicUrl);
  const server = await startServer({
    home,
    port: portOf(options.port),
    databaseUrl: setting("DATABASE_URL"),
    directory: await directoryOf(options),
    mail: await mailOf(options, channels?.mail ?? null),
    ...(channels === null ? {} : { channels: channels.beside }),
    version: ownVersion(),
    witnesses,
    duties,
    ...(rates === null ? {} : { rates }),
    ...(issuer === null ? {} : { issuer }),
    ...(publicUrl === null ? {} : { publicUrl }),
    behindProxy: options.behindProxy ?? false,
    onNote: (note) => process.stderr.write(`${oneLine(note)}\n`),
    ...(options.log === true ? { log: process.stderr } : {}),
  });
  await printJson({ listening: server.url });
  if (options.json !== true) {
    process.stderr.write(`status page: ${server.url}/ · operators' tokens: ${oneLine(home)}/operators/\n`);
  }
  await ending;
  await closeOrSay(server);
}

async function closeOrSay(server: RunningServer): Promise<void> {
  await server.close();
  // A parent that is gone, or its open channel, must not keep the process.
  if (process.connected) process.disconnect();
}

function setting(name: string): string | null {
  const value = process.env[name];
  return value === undefined || value === "" ? null : value;
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new CliError("ERR_CLI_USAGE", `--port is \`${text}\`, expected a number from 0 to 65535`);
}

/** A passkey belongs to a host's name, and browsers make none over plain http but for `localhost`. */
function originOf(text: string): string {
  const url = URL.parse(text);
  const isUsable = url?.protocol === "https:" || (url?.protocol === "http:" && url.hostname === "localhost");
  const isAddress = url !== null && /^\[|^[\d.]+$/.test(url.hostname);
  if (url !== null && isUsable && !isAddress && url.pathname === "/" && url.search === "" && url.hash === "")
    return url.origin;
  const expected = "https://NAME without a path, or http://localhost:PORT";
  throw new CliError("ERR_CLI_USAGE", `--public-url is \`${text}\`, expected ${expected}`);
}

async function directoryOf(options: ServeOptions): Promise<DirectoryOrigin | null> {
  const { directory, directoryFrom } = options;
  const installations = options.installations ?? null;
  if (directory === undefined) {
    if (installations === null && directoryFrom === undefined) return null;
    const given = directoryFrom === undefined ? "--installations" : "--directory-from";
    throw new CliError("ERR_CLI_USAGE", `${given} without --directory, expected both or neither`);
  }
  if (directoryFrom === undefined)
    return { accounts: directory, installations, token: setting("CORDON_DIRECTORY_TOKEN") };
  if (directoryFrom !== "postgres")
    throw new CliError("ERR_CLI_USAGE", `--directory-from is \`${directoryFrom}\`, expected postgres`);
  return { postgres: await postgresDirectory({ accounts: directory, installations, urlFile: null }) };
}

async function mailOf(options: ServeOptions, configured: MailOrigin | null): Promise<MailOrigin | null> {
  const { smtp, from, pace, bounces } = options;
  if (configured !== null) {
    if (smtp !== undefined || from !== undefined || bounces !== undefined)
      throw new CliError(
        "ERR_CLI_USAGE",
        "--smtp, --from or --bounces beside `email` of --channels, expected one of them",
      );
    return pace === undefined ? configured : { ...configured, pace: await readPace(pace) };
  }
  if (smtp === undefined && from === undefined && pace === undefined && bounces === undefined) return null;
  if (smtp === undefined || from === undefined)
    throw new CliError("ERR_CLI_USAGE", "--smtp and --from belong together, expected both or neither");
  if (bounces !== undefined && !/^[^\s@+<>]+@[^\s@<>]+$/.test(bounces))
    throw new CliError("ERR_CLI_USAGE", `--bounces is \`${bounces}\`, expected an address without \`+\``);
  return {
    url: smtp,
    from,
    ...(pace === undefined ? {} : { pace: await readPace(pace) }),
    ...(bounces === undefined ? {} : { bounceAddress: bounces }),
  };
}

function ownVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const document: unknown = JSON.parse(text);
  return typeof document === "object" && document !== null && "version" in document
    ? String(document.version)
    : "0";
}
