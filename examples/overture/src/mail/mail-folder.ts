import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Mail, MailPort } from "./mail-port.ts";

/** Puts each message into a folder as a file of mode 0600, for a service at home that has no mail server. */
export class MailFolder implements MailPort {
  readonly #folder: string;
  readonly #nowMs: () => number;

  constructor(folder: string, nowMs: () => number) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#folder = folder;
    this.#nowMs = nowMs;
  }

  async send({ to, subject, text }: Mail): Promise<void> {
    const name = `${this.#nowMs()}-${randomBytes(6).toString("hex")}`;
    const draft = join(this.#folder, `${name}.draft`);
    const oneLine = (value: string) => value.replace(/[\r\n]+/g, " ");
    await writeFile(draft, `To: ${oneLine(to)}\nSubject: ${oneLine(subject)}\n\n${text}\n`, {
      mode: 0o600,
      flag: "wx",
    });
    await rename(draft, join(this.#folder, `${name}.eml`));
  }
}
