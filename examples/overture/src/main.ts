import {
  EnforcementError,
  HttpBundleSource,
  httpBundleSourceDefaults,
  progressReportDefaults,
} from "@cordon/enforcement";

import { OvertureError } from "./errors.ts";
import { readOptions, usage } from "./options.ts";
import { MailFolder } from "./mail/mail-folder.ts";
import { overtureDefaults } from "./overture-defaults.ts";
import { openOvertureHome } from "./overture-home.ts";
import { RemoteReplay } from "./replay/remote-replay.ts";
import { startOverture } from "./start-overture.ts";

const exitWrongInput = 2;
/** An orderly end takes at most this long. */
const closeMs = 10_000;

function fail(error: unknown, exitCode: number): void {
  process.stderr.write(`overture: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(exitCode);
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes("--help")) {
    process.stdout.write(usage);
    return;
  }
  const options = readOptions(args, process.env);
  const { controlPlaneUrl: url, controlPlaneToken: token } = options;
  const home = openOvertureHome(options.homeFolder);
  const overture = await startOverture({
    ...overtureDefaults,
    ...options,
    home,
    mail: new MailFolder(home.mailFolder, Date.now),
    // #region integrate: source
    bundleSource: new HttpBundleSource({
      ...httpBundleSourceDefaults,
      url,
      token,
      bundleBytesMax: options.bundleBytesMax,
      pollMs: options.pollMs,
      lookAgainSpreadMs: options.lookAgainSpreadMs,
      random: Math.random,
    }),
    // #endregion
    retryAfterSeconds: { least: 2, most: 30 },
    progress: { url, token, ...progressReportDefaults },
    replay: options.replayAt === null ? null : new RemoteReplay(options.replayAt),
    nowMs: Date.now,
    random: Math.random,
    onUnexpected: (error) =>
      process.stderr.write(
        `overture: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      ),
    onFailure: (error) => fail(error, 1),
  });

  let closing = false;
  const close = () => {
    if (closing) return;
    closing = true;
    setTimeout(() => fail("the end took too long", 1), closeMs).unref();
    overture.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error, 1),
    );
  };
  process.once("SIGTERM", close);
  process.once("SIGINT", close);
  // A parent that dies without a word takes its instance with it.
  if (process.connected) process.once("disconnect", close);
  process.stdout.write(`${JSON.stringify({ listening: overture.url })}\n`);
}

try {
  await main();
} catch (error) {
  fail(error, error instanceof OvertureError || error instanceof EnforcementError ? exitWrongInput : 1);
}
