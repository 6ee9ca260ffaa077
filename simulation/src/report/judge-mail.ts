import type { HiddenTruth } from "../truth/hidden-truth.ts";
import { accessTimes } from "../evidence/intrusion.ts";
import type { MailText } from "./mail-text.ts";

/** What a reader would take a kind of data to be, by the words that name it. */
const wordsOfClass: Readonly<Record<string, RegExp>> = {
  "user.name": /\bnames?\b/i,
  "user.contact.email": /\be-?mail address/i,
  "user.authorization.password": /\bpasswords?\b/i,
  "user.payment": /\bpayment\b/i,
  "user.financial": /\bfinancial\b/i,
};

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
 * Compares what a received mail says with the hidden truth. It reads the text as a person would, and knows nothing of
 * the templates that made it. A text without a word about whose data was accessed is counted as a false one: silence
 * must not pass as honesty.
 */
export function judgeMail(text: MailText, recipients: TextRecipients, truth: HiddenTruth): MailJudgement {
  const falseStatements: string[] = [];
  let judged = 0;
  for (const part of [text.subject, ...text.parts]) {
    const inPart = [
      ...peopleStatements(part, truth),
      ...dataStatements(part, truth),
      ...timeStatements(part, truth),
      ...readerStatements(part, recipients),
    ];
    judged += inPart.length;
    falseStatements.push(
      ...inPart.filter((statement) => !statement.isTrue).map((statement) => statement.words),
    );
  }
  for (const part of text.parts) {
    if (peopleStatements(part, truth).length + readerStatements(part, recipients).length > 0) continue;
    falseStatements.push("a mail that says nothing of whose data was accessed");
  }
  return { falseStatements, judged };
}

interface Statement {
  readonly words: string;
  readonly isTrue: boolean;
}

const number = "(one|no|\\d[\\d,]*) users?";

function count(words: string): number {
  if (words === "one") return 1;
  return words === "no" ? 0 : Number(words.replaceAll(",", ""));
}

function peopleStatements(text: string, truth: HiddenTruth): Statement[] {
  const affected = truth.affected.length;
  const range = [...text.matchAll(new RegExp(`at least ${number} and at most ${number}`, "gi"))].map(
    (match) => ({
      words: match[0],
      isTrue: count(match[1] ?? "") <= affected && affected <= count(match[2] ?? ""),
    }),
  );
  const most = [...text.matchAll(new RegExp(`(?<!and )at most ${number}`, "gi"))].map((match) => ({
    words: match[0],
    isTrue: affected <= count(match[1] ?? ""),
  }));
  const exact = [
    ...text.matchAll(
      new RegExp(`(?<![\\d,]|at least |at most )\\b${number}(?:'s)?(?: data)? was accessed`, "gi"),
    ),
  ].map((match) => ({
    words: match[0],
    isTrue: count(match[1] ?? "") === affected,
  }));
  return [...range, ...most, ...exact];
}

function dataStatements(text: string, truth: HiddenTruth): Statement[] {
  const statements: Statement[] = [];
  const read = (dataClass: string) => truth.classesRead.includes(dataClass);
  for (const match of text.matchAll(/\bNot accessed: ([^.]*)\./gi)) {
    for (const [dataClass, words] of Object.entries(wordsOfClass)) {
      if (words.test(match[1] ?? ""))
        statements.push({ words: `${match[0]} (${dataClass})`, isTrue: !read(dataClass) });
    }
  }
  for (const match of text.matchAll(
    /\b(?:data (?:of your account )?was accessed|accessed in this incident): ([^.]*)\./gi,
  )) {
    for (const [dataClass, words] of Object.entries(wordsOfClass)) {
      if (words.test(match[1] ?? ""))
        statements.push({ words: `${match[0]} (${dataClass})`, isTrue: read(dataClass) });
    }
  }
  return statements;
}

function timeStatements(text: string, truth: HiddenTruth): Statement[] {
  const { firstMs, lastMs } = accessTimes(truth);
  return [...text.matchAll(/\btook place (?:on|between) ([^.]*?UTC)(?: and ([^.]*?UTC))?/gi)].map((match) => {
    const from = Date.parse((match[1] ?? "").replace(",", ""));
    const to = match[2] === undefined ? from : Date.parse(match[2].replace(",", ""));
    // Readers are told minutes.
    return { words: match[0], isTrue: minute(firstMs) === minute(from) && minute(lastMs) === minute(to) };
  });
}

function minute(ms: number): number {
  return Math.floor(ms / 60_000);
}

function readerStatements(text: string, { messages, trulyAffected }: TextRecipients): Statement[] {
  const statements: Statement[] = [];
  const personal = /\b(?:data of your account (?:was|has been) accessed|your account is among those)/i.exec(
    text,
  );
  if (personal !== null) statements.push({ words: personal[0], isTrue: trulyAffected === messages });
  const spared =
    /\b(?:is not among them|your account is not (?:concerned|affected)|your data was not accessed)/i.exec(
      text,
    );
  if (spared !== null) statements.push({ words: spared[0], isTrue: trulyAffected === 0 });
  return statements;
}
