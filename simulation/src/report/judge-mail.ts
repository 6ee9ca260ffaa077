import type { HiddenTruth } from "../truth/hidden-truth.ts";
import { accessTimes } from "../evidence/intrusion.ts";
import type { MailText } from "./mail-text.ts";
import { countIn, readingOf, timeIn, type Reading } from "./reading.ts";

interface MailJudgement {
  /** Statements that the hidden truth contradicts, in words. */
  readonly falseStatements: readonly string[];
  /** How many statements were compared with the truth. */
  readonly judged: number;
}

/** Who received a text. */
interface TextRecipients {
  readonly messages: number;
  /** How many of them the intruder truly read. */
  readonly trulyAffected: number;
}

/**
 * Compares what a received mail says with the hidden truth. It reads the text as a person who knows its language would, and
 * knows nothing of the templates that made it. A language that nobody here reads is counted as a false statement. A text without a word about whose data was accessed is counted as a false one: silence
 * must not pass as honesty.
 */
export function judgeMail(text: MailText, recipients: TextRecipients, truth: HiddenTruth): MailJudgement {
  const reading = readingOf(text.language ?? "en");
  if (reading === null) {
    return { falseStatements: [`a mail in \`${text.language ?? ""}\`, which nobody here reads`], judged: 0 };
  }
  const falseStatements: string[] = [];
  let judged = 0;
  for (const part of [text.subject, ...text.parts]) {
    const inPart = [
      ...peopleStatements(part, truth, reading),
      ...dataStatements(part, truth, reading),
      ...timeStatements(part, truth, reading),
      ...readerStatements(part, recipients, reading),
    ];
    judged += inPart.length;
    falseStatements.push(
      ...inPart.filter((statement) => !statement.isTrue).map((statement) => statement.words),
    );
  }
  for (const part of text.parts) {
    const said = [...peopleStatements(part, truth, reading), ...readerStatements(part, recipients, reading)];
    if (said.length > 0) continue;
    falseStatements.push("a mail that says nothing of whose data was accessed");
  }
  return { falseStatements, judged };
}

interface Statement {
  readonly words: string;
  readonly isTrue: boolean;
}

function peopleStatements(
  text: string,
  truth: HiddenTruth,
  { range, most, exact, none }: Reading,
): Statement[] {
  const affected = truth.affected.length;
  const ranges = [...text.matchAll(range)].map((match) => ({
    words: match[0],
    isTrue: countIn(match[1] ?? "") <= affected && affected <= countIn(match[2] ?? ""),
  }));
  const atMost = [...text.matchAll(most)].map((match) => ({
    words: match[0],
    isTrue: affected <= countIn(match[1] ?? ""),
  }));
  const numbers = [...text.matchAll(exact)].map((match) => ({
    words: match[0],
    isTrue: countIn(match[1] ?? "") === affected,
  }));
  const nobody = [...text.matchAll(none)].map((match) => ({ words: match[0], isTrue: affected === 0 }));
  return [...ranges, ...atMost, ...numbers, ...nobody];
}

function dataStatements(
  text: string,
  truth: HiddenTruth,
  { notAccessed, accessed, words: kinds }: Reading,
): Statement[] {
  const statements: Statement[] = [];
  const read = (dataClass: string) => truth.classesRead.includes(dataClass);
  for (const [list, wasRead] of [
    [notAccessed, false],
    [accessed, true],
  ] as const) {
    for (const match of text.matchAll(list)) {
      for (const [dataClass, words] of Object.entries(kinds)) {
        if (words.test(match[1] ?? ""))
          statements.push({ words: `${match[0]} (${dataClass})`, isTrue: read(dataClass) === wasRead });
      }
    }
  }
  return statements;
}

function timeStatements(text: string, truth: HiddenTruth, reading: Reading): Statement[] {
  const { firstMs, lastMs } = accessTimes(truth);
  return [...text.matchAll(reading.times)].map((match) => {
    const from = timeIn(match[1] ?? "", reading);
    const to = match[2] === undefined ? from : timeIn(match[2], reading);
    // Readers are told minutes.
    return { words: match[0], isTrue: minute(firstMs) === minute(from) && minute(lastMs) === minute(to) };
  });
}

function minute(ms: number): number {
  return Math.floor(ms / 60_000);
}

function readerStatements(
  text: string,
  { messages, trulyAffected }: TextRecipients,
  { personal, spared }: Reading,
): Statement[] {
  const statements: Statement[] = [];
  const own = personal.exec(text);
  if (own !== null) statements.push({ words: own[0], isTrue: trulyAffected === messages });
  const none = spared.exec(text);
  if (none !== null) statements.push({ words: none[0], isTrue: trulyAffected === 0 });
  return statements;
}
