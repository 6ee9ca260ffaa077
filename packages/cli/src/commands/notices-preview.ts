import { startPreviewBrowser, writePreviews } from "@cordon/control-plane";
import { CordonError } from "@cordon/model";
import type { Command } from "commander";
import path from "node:path";
import { CliError } from "../cli-error.ts";
import { noun } from "../noun.ts";
import { operatorClient, type OperatorOptions } from "../operator-client.ts";
import { printJson, printLines } from "../output.ts";

interface PreviewOptions extends OperatorOptions {
  readonly out: string;
  readonly locale?: string;
  readonly pictures?: true;
  readonly json?: true;
}

/** The language that is asked for first: its answer names all of them. */
const sourceLocale = "en";

export function registerNoticesPreview(program: Command): void {
  noun(program, "notices")
    .command("preview <incident> <notice>")
    .description("what every audience will see in every channel and language, before anybody approves it")
    .requiredOption("--out <dir>", "folder for texts, pages and pictures")
    .option("--locale <tag>", "one language (default: all)")
    .option("--pictures", "also as pictures, by a real browser")
    .option("--url <url>", "the control plane (default: CORDON_URL, else http://127.0.0.1:7400)")
    .option("--home <dir>", "home folder whose author's token is used, without CORDON_TOKEN")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      "\nExample:\n  cordon notices preview inc-0123456789abcdef notice-0123456789abcdef --out previews --pictures",
    )
    .action(preview);
}

async function preview(incidentId: string, noticeId: string, options: PreviewOptions): Promise<void> {
  const client = await operatorClient(options);
  const first = await client.previewNotice(incidentId, noticeId, options.locale ?? sourceLocale);
  const others =
    options.locale === undefined ? first.locales.filter((locale) => locale !== first.locale) : [];
  const all = [...first.previews];
  for (const locale of others) {
    all.push(...(await client.previewNotice(incidentId, noticeId, locale)).previews);
  }
  const browser = options.pictures === true ? await browserOrFault() : null;
  try {
    const written = await writePreviews(all, path.resolve(options.out), browser);
    const languages = 1 + others.length;
    if (options.json === true) await printJson({ out: path.resolve(options.out), languages, ...written });
    else {
      await printLines(
        `${written.texts} texts and ${written.pictures} pictures in ${languages} languages: ${path.join(options.out, "index.html")}`,
        ...Object.entries(written.missingGlyphs).map(
          ([locale, characters]) =>
            `${locale}: the pictures show boxes for ${characters} characters that this browser has no font for; the text counts`,
        ),
      );
    }
  } finally {
    await browser?.close();
  }
}

async function browserOrFault(): Promise<Awaited<ReturnType<typeof startPreviewBrowser>>> {
  try {
    return await startPreviewBrowser(process.env);
  } catch (error) {
    if (!(error instanceof CordonError)) throw error;
    throw new CliError("ERR_CLI_USAGE", `${error.message}${error.hint === null ? "" : `: ${error.hint}`}`);
  }
}
