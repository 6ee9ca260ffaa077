import { createHash } from "node:crypto";
import { access, mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { attachmentBytesMax } from "@cordon/contract";
import type { Attachment } from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";
import type { Vault } from "../vault/vault.ts";
import { readSealed, writeSealed } from "./sealed-file.ts";

interface StoredAttachment {
  /** Hex, of the plain bytes. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Which file of which incident. */
interface AttachmentPlace {
  readonly incidentId: string;
  readonly attachmentId: string;
}

type KnownAttachment = Pick<Attachment, "attachmentId" | "sha256">;

/**
 * HOME/attachments/INCIDENT/ATTACHMENT: files sealed with the key of their incident. INVARIANT: no name that anybody wrote is ever part
 * of a path. Files from before they were sealed lie beside these folders by the SHA-256 of what is in them, and are read as well.
 */
export class AttachmentStore {
  readonly #folder: string;
  readonly #vault: Vault;
  readonly #randomBytes: (count: number) => Uint8Array;

  constructor(home: string, vault: Vault, randomBytes: (count: number) => Uint8Array) {
    this.#folder = join(home, "attachments");
    this.#vault = vault;
    this.#randomBytes = randomBytes;
  }

  /** Takes a file as it comes; nothing of it stays when it is cut short. Throws ERR_PLANE_ATTACHMENT when it is too large. */
  async put(place: AttachmentPlace, chunks: AsyncIterable<Uint8Array>): Promise<StoredAttachment> {
    const { incidentId, attachmentId } = place;
    const file = this.#sealed(place);
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const draft = join(this.#folder, `${Buffer.from(this.#randomBytes(16)).toString("hex")}.part`);
    const counted = new Counted(chunks);
    try {
      await writeSealed(draft, attachmentId, counted, (plain, part) =>
        this.#vault.sealFile(incidentId, plain, part),
      );
      await mkdir(this.#ofIncident(incidentId), { recursive: true, mode: 0o700 });
      await rename(draft, file);
      return counted.stored();
    } finally {
      await rm(draft, { force: true });
    }
  }

  /**
   * Null when its bytes are not here, or the key of the incident is gone. Throws ERR_PLANE_ATTACHMENT when they are not what was
   * attached; all of them are looked at before the first is given.
   */
  async read(incidentId: string, file: KnownAttachment): Promise<Readable | null> {
    const { attachmentId, sha256 } = file;
    const old = this.#unsealed(sha256);
    const sealed = this.#sealed({ incidentId, attachmentId });
    if (await isThere(sealed)) {
      if (!(await this.#vault.hasKey(incidentId))) return null;
      const opened = () =>
        readSealed(sealed, attachmentId, (part, name) => this.#vault.openFile(incidentId, part, name));
      return whole(file, opened);
    }
    return (await isThere(old)) ? whole(file, () => createReadStream(old)) : null;
  }

  /** One that the incident has not come to know. */
  async remove(place: AttachmentPlace): Promise<void> {
    await rm(this.#sealed(place), { force: true });
    await rmdir(this.#ofIncident(place.incidentId)).catch((error: unknown) => {
      if (!isCode(error, "ENOTEMPTY") && !isCode(error, "ENOENT")) throw error;
    });
  }

  /** Every file of an incident in this home; those from before sealing unless another incident has the same. */
  async removeAll(
    incidentId: string,
    files: readonly KnownAttachment[],
    isElsewhere: (sha256: string) => boolean,
  ): Promise<void> {
    await rm(this.#ofIncident(incidentId), { recursive: true, force: true });
    for (const { sha256 } of files)
      if (!isElsewhere(sha256)) await rm(this.#unsealed(sha256), { force: true });
  }

  /** The SHA-256 of files from before they were sealed. */
  async unsealed(): Promise<readonly string[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (isCode(error, "ENOENT")) return [];
      throw error;
    });
    return names.filter((name) => /^[0-9a-f]{64}$/.test(name)).sort();
  }

  /** Seals a file from before for each incident that has it; then it is gone as it was. */
  async sealOld(sha256: string, places: readonly AttachmentPlace[]): Promise<void> {
    const old = this.#unsealed(sha256);
    for (const place of places) {
      if (await isThere(this.#sealed(place))) continue;
      await this.put(place, await whole({ ...place, sha256 }, () => createReadStream(old)));
    }
    await rm(old, { force: true });
  }

  #ofIncident(incidentId: string): string {
    return join(this.#folder, checkedId(incidentId));
  }

  #sealed({ incidentId, attachmentId }: AttachmentPlace): string {
    return join(this.#ofIncident(incidentId), checkedId(attachmentId));
  }

  #unsealed(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new TypeError("no SHA-256");
    return join(this.#folder, sha256);
  }
}

/** Ids are the control plane's own; a path is made of nothing else. */
function checkedId(id: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,60}$/.test(id)) throw new TypeError("no id of the control plane");
  return id;
}

/** Looks at all of it before the first byte is given. */
async function whole(
  { attachmentId, sha256 }: KnownAttachment,
  opened: () => AsyncIterable<Uint8Array | null>,
): Promise<Readable> {
  const hash = createHash("sha256");
  for await (const part of opened()) if (part !== null) hash.update(part);
  // What does not open leaves a hash of something shorter.
  if (hash.digest("hex") !== sha256)
    throw new ControlPlaneError(
      "ERR_PLANE_ATTACHMENT",
      `the bytes of \`${attachmentId}\` in this home are not what was attached`,
    );
  return Readable.from(openedOnly(opened()));
}

async function* openedOnly(parts: AsyncIterable<Uint8Array | null>): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    if (part === null)
      throw new ControlPlaneError("ERR_PLANE_ATTACHMENT", "the file changed while it was read");
    // An empty chunk would end a stream of bytes early.
    if (part.length > 0) yield part;
  }
}

/** Chunks as they pass, counted and hashed. */
class Counted implements AsyncIterable<Uint8Array> {
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #hash = createHash("sha256");
  #bytes = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#chunks) {
      this.#bytes += chunk.length;
      if (this.#bytes > attachmentBytesMax)
        throw new ControlPlaneError(
          "ERR_PLANE_ATTACHMENT",
          `the file is larger than ${attachmentBytesMax} bytes`,
        );
      this.#hash.update(chunk);
      yield chunk;
    }
  }

  /** To be asked once, at the end. */
  stored(): StoredAttachment {
    return { sha256: this.#hash.digest("hex"), bytes: this.#bytes };
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    if (isCode(error, "ENOENT")) return false;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
