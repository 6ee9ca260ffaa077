import { hash } from "node:crypto";
import { join } from "node:path";
import type { Journal, Sealing } from "@cordon/journal-postgres";
import type { Json, JsonObject } from "@cordon/model";
import { incidentOfStream } from "../record/streams.ts";
import { checkJointKey } from "../release/join-servers.ts";
import { secretFile } from "../secret-file.ts";
import { mapPersonal, mapSealed } from "./personal-fields.ts";
import { isSealed, keyBytes, openBytes, sealBytes } from "./seal.ts";

type Queries = Pick<Journal["pool"], "query">;

/** HOME/keys/vault.key: what the keys of incidents are wrapped with. */
function keyFile(home: string): string {
  return join(home, "keys", "vault.key");
}

/**
 * The keys of incidents, one for each, under which the journal's personal data is sealed. A value is sealed before it becomes part
 * of an event: the event's text, its commitment and `journal show` hold the sealed value, so that the log verifies without any key. The keys
 * rest in the database, wrapped by HOME/keys/vault.key: neither opens anything without the other.
 */
export class Vault implements Sealing {
  readonly #randomBytes: (count: number) => Uint8Array;
  readonly #keys = new Map<string, Uint8Array>();
  #wrapping: Uint8Array | null = null;
  #pool: Queries | null = null;

  constructor(randomBytes: (count: number) => Uint8Array) {
    this.#randomBytes = randomBytes;
  }

  /** To be called once, before the first event of an incident. Throws ERR_PLANE_KEYS for a key that is not the other servers'. */
  async open(home: string, journal: Journal): Promise<void> {
    const text = await secretFile(
      keyFile(home),
      () => `${Buffer.from(this.#randomBytes(keyBytes)).toString("base64")}\n`,
    );
    const wrapping = Buffer.from(text.trim(), "base64");
    if (wrapping.length !== keyBytes) throw new TypeError("HOME/keys/vault.key is no key of 32 bytes");
    await checkJointKey(journal, "vault", hash("sha256", wrapping, "hex"));
    this.#wrapping = wrapping;
    this.#pool = journal.pool;
  }

  async seal(stream: string, type: string, data: JsonObject): Promise<JsonObject> {
    const incidentId = incidentOfStream(stream);
    // First whether there is anything to seal: most events name nobody.
    if (incidentId === null || mapPersonal(type, data, () => null) === data) return data;
    const key = await this.#keyOf(incidentId, true);
    if (key === null) throw new TypeError("a vault that was not opened");
    return mapPersonal(type, data, (value) => {
      const plain = Buffer.from(JSON.stringify(value), "utf8");
      const given = { key, plain, context: incidentId, randomBytes: this.#randomBytes };
      return { sealed: Buffer.from(sealBytes(given)).toString("base64") };
    });
  }

  /** Null where the key of the incident is gone, or the value was changed. */
  async openSealed(stream: string, data: JsonObject): Promise<JsonObject | null> {
    const incidentId = incidentOfStream(stream);
    if (incidentId === null || mapSealed(data, () => null) === data) return data;
    const key = await this.#keyOf(incidentId, false);
    if (key === null) return null;
    const failed: Json[] = [];
    const opened = mapSealed(data, (value) => {
      const text = isSealed(value) ? Buffer.from(value.sealed, "base64") : new Uint8Array();
      const plain = openBytes(key, text, incidentId);
      if (plain !== null) return parsed(plain);
      failed.push(value);
      return null;
    });
    return failed.length === 0 ? opened : null;
  }

  /** Bytes that belong to an incident, as a piece of an attachment does. `part` is bound to them: they open under no other. */
  async sealFile(incidentId: string, plain: Uint8Array, part: string): Promise<Uint8Array> {
    const key = await this.#keyOf(incidentId, true);
    if (key === null) throw new TypeError("a vault that was not opened");
    return sealBytes({ key, plain, context: fileContext(incidentId, part), randomBytes: this.#randomBytes });
  }

  /** Null where the key of the incident is gone, or the bytes were changed. */
  async openFile(incidentId: string, sealed: Uint8Array, part: string): Promise<Uint8Array | null> {
    const key = await this.#keyOf(incidentId, false);
    return key === null ? null : openBytes(key, sealed, fileContext(incidentId, part));
  }

  /** Asked of the database, whatever this server remembers: another one may have let it go. */
  async hasKey(incidentId: string): Promise<boolean> {
    this.#keys.delete(incidentId);
    return (await this.#keyOf(incidentId, false)) !== null;
  }

  /** Forgets the key of an incident for good: what it sealed is gone, also from copies that have no copy of the key. */
  async shred(incidentId: string): Promise<void> {
    this.#keys.delete(incidentId);
    await this.#pool?.query("delete from control_plane.incident_key where incident_id = $1", [incidentId]);
    // The row leaves the table's pages now, not at some later time.
    await this.#pool?.query("vacuum (truncate false) control_plane.incident_key");
  }

  forget(stream: string): void {
    const incidentId = incidentOfStream(stream);
    if (incidentId !== null) this.#keys.delete(incidentId);
  }

  async #keyOf(incidentId: string, make: boolean): Promise<Uint8Array | null> {
    const known = this.#keys.get(incidentId);
    if (known !== undefined) return known;
    if (this.#wrapping === null || this.#pool === null) return null;
    if (make) {
      const wrapped = sealBytes({
        key: this.#wrapping,
        plain: this.#randomBytes(keyBytes),
        context: incidentId,
        randomBytes: this.#randomBytes,
      });
      // Two servers that make it at once agree on the first.
      await this.#pool.query(
        "insert into control_plane.incident_key (incident_id, wrapped) values ($1, $2) on conflict do nothing",
        [incidentId, Buffer.from(wrapped)],
      );
    }
    const { rows } = await this.#pool.query<{ wrapped: Buffer }>(
      "select wrapped from control_plane.incident_key where incident_id = $1",
      [incidentId],
    );
    const [row] = rows;
    const key = row === undefined ? null : openBytes(this.#wrapping, row.wrapped, incidentId);
    if (key !== null) this.#keys.set(incidentId, key);
    return key;
  }
}

function fileContext(incidentId: string, part: string): string {
  return `${incidentId}/file/${part}`;
}

/** What `seal` wrote. */
function parsed(plain: Uint8Array): Json {
  return JSON.parse(Buffer.from(plain).toString("utf8")) as Json;
}
