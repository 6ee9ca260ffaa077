import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { SessionFile } from "@cordon/overture";
import type { Session } from "./service-port.ts";

/**
 * The sessions of all clients on disk: those that began before the drill in Overture's session file, later ones in a
 * file of our own behind an offset per person, so that a million clients take a few bytes each.
 */
export class SessionStore {
  readonly #minted: SessionFile;
  readonly #renewedPath: string;
  readonly #renewed: number;
  /** Per person: where the renewed session begins, plus one; 0 while the minted one holds. */
  readonly #offsets: Float64Array;
  readonly #lengths: Uint16Array;
  #end = 0;

  constructor(options: {
    readonly mintedFile: string;
    readonly renewedFile: string;
    readonly accounts: number;
  }) {
    this.#minted = new SessionFile(options.mintedFile);
    this.#renewedPath = options.renewedFile;
    this.#renewed = openSync(options.renewedFile, "w+", 0o600);
    this.#offsets = new Float64Array(options.accounts);
    this.#lengths = new Uint16Array(options.accounts);
  }

  read(index: number): Session {
    const place = this.#offsets[index] ?? 0;
    if (place === 0) return this.#minted.read(index);
    const bytes = Buffer.allocUnsafe(this.#lengths[index] ?? 0);
    readSync(this.#renewed, bytes, 0, bytes.length, place - 1);
    const [accessToken = "", refreshToken = ""] = bytes.toString("latin1").split("\n");
    return { accessToken, refreshToken };
  }

  write(index: number, session: Session): void {
    const bytes = Buffer.from(`${session.accessToken}\n${session.refreshToken}`, "latin1");
    writeSync(this.#renewed, bytes, 0, bytes.length, this.#end);
    this.#offsets[index] = this.#end + 1;
    this.#lengths[index] = bytes.length;
    this.#end += bytes.length;
  }

  /** Closes both and deletes our own. */
  close(): void {
    this.#minted.close();
    closeSync(this.#renewed);
    unlinkSync(this.#renewedPath);
  }
}
