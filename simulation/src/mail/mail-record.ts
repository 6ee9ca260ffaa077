import { crc32 } from "node:zlib";
import { decoyEmail, indexOfEmail } from "../population/population.ts";
import { MessageIds } from "./message-ids.ts";

/** One text that was received, whoever got it: two messages are of one text when they differ in To, Message-ID and Date alone. */
export interface ReceivedText {
  readonly key: string;
  readonly messages: number;
  /** The first message of this text as it came, headers and body. */
  readonly sample: string;
}

/** What the mail server of the drill received. Every figure is its own. */
export interface MailSummary {
  /** Messages taken. */
  readonly messages: number;
  /** Distinct messages, by Message-ID. */
  readonly distinct: number;
  /** Messages whose Message-ID had come before, and further messages of one text to one person. */
  readonly duplicates: number;
  /** People of the population who got at least one message. */
  readonly people: number;
  /** Messages to planted records, who are no people. */
  readonly toDecoys: number;
  /** Messages to addresses that the population does not have. */
  readonly toStrangers: number;
  readonly texts: readonly ReceivedText[];
  /** Messages beyond the texts that are kept for judging. */
  readonly textsNotKept: number;
}

/** Distinct texts that are kept; a notice has one an audience and language. */
const textsMax = 256;

const notKept = 0;

interface KeptText {
  readonly place: number;
  messages: number;
  readonly sample: string;
}

/** The mail sink's memory: a few bytes a person, whatever the size of the mails. */
export class MailRecord {
  readonly #accounts: number;
  /** Per person: the number of the first message, from 1; 0 for none yet. */
  readonly #firstNumber: Uint32Array;
  /** Per person: which text came first, as its place among the texts plus one. */
  readonly #firstText: Uint16Array;
  readonly #ids = new MessageIds();
  readonly #texts = new Map<string, KeptText>();
  #messages = 0;
  #duplicates = 0;
  #people = 0;
  #toDecoys = 0;
  #toStrangers = 0;
  #textsNotKept = 0;

  constructor(accounts: number) {
    this.#accounts = accounts;
    this.#firstNumber = new Uint32Array(accounts);
    this.#firstText = new Uint16Array(accounts);
  }

  get messages(): number {
    return this.#messages;
  }

  /** Takes one complete message for each of its envelope's recipients. */
  take(recipients: readonly string[], bytes: Buffer): void {
    const { messageId, textKey } = readMessage(bytes);
    const text = this.#keepText(textKey, bytes);
    for (const recipient of recipients) {
      this.#messages++;
      const isNew = this.#ids.add(`${messageId}\n${recipient}`);
      const isSecondCopy = this.#note(recipient, text);
      if (!isNew || isSecondCopy) this.#duplicates++;
    }
  }

  /** The number of the first message to a person (from 1); null when none came. */
  firstNumber(index: number): number | null {
    return this.#firstNumber[index] || null;
  }

  /** The key of the first text that a person received; null when none came, or one that is not kept. */
  firstText(index: number): string | null {
    return [...this.#texts.keys()][(this.#firstText[index] ?? notKept) - 1] ?? null;
  }

  summary(): MailSummary {
    return {
      messages: this.#messages,
      distinct: this.#ids.size,
      duplicates: this.#duplicates,
      people: this.#people,
      toDecoys: this.#toDecoys,
      toStrangers: this.#toStrangers,
      texts: [...this.#texts].map(([key, text]) => ({ key, messages: text.messages, sample: text.sample })),
      textsNotKept: this.#textsNotKept,
    };
  }

  /** Notes a message to `recipient`; true when that person had the same text before. */
  #note(recipient: string, text: number): boolean {
    if (recipient === decoyEmail) {
      this.#toDecoys++;
      return false;
    }
    const index = indexOfEmail(recipient);
    if (index === null || index < 0 || index >= this.#accounts) {
      this.#toStrangers++;
      return false;
    }
    if (this.#firstNumber[index] === 0) {
      this.#firstNumber[index] = this.#messages;
      this.#firstText[index] = text;
      this.#people++;
      return false;
    }
    return text !== notKept && this.#firstText[index] === text;
  }

  /** Counts a text; its place among the texts plus one, `notKept` beyond the limit. */
  #keepText(key: string, bytes: Buffer): number {
    const known = this.#texts.get(key);
    if (known !== undefined) {
      known.messages++;
      return known.place;
    }
    if (this.#texts.size === textsMax) {
      this.#textsNotKept++;
      return notKept;
    }
    const place = this.#texts.size + 1;
    this.#texts.set(key, { place, messages: 1, sample: bytes.toString("latin1") });
    return place;
  }
}

function readMessage(bytes: Buffer): { messageId: string; textKey: string } {
  const headEnd = bytes.indexOf("\r\n\r\n");
  const head = bytes.toString("latin1", 0, headEnd === -1 ? bytes.length : headEnd);
  const messageId = /^message-id:\s*(\S+)/im.exec(head)?.[1] ?? "";
  const others = head.replace(/^(?:to|message-id|date|received):.*(?:\r\n[ \t].*)*(?:\r\n|$)/gim, "");
  const body = headEnd === -1 ? bytes : bytes.subarray(headEnd);
  return { messageId, textKey: `${crc32(body)}/${body.length}/${crc32(others)}` };
}
