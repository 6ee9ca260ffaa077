import type { PlaylistAnswer } from "../../src/api/playlists-api.ts";

/** One track as it rests here: its licence beside the numbers of its sealed chunks. */
export interface KeptCopy {
  readonly trackId: string;
  readonly epoch: number;
  readonly plainBytes: number;
  readonly contentType: string;
  /** ISO 8601, as the server said. */
  readonly issuedAt: string;
  readonly expiresAt: string;
  /** The content key, opened by this installation's private key alone; base64. */
  readonly wrappedKey: string;
}

/** A playlist to be had without a network: what it is called, and its tracks with their names and covers. */
interface KeptPlaylist {
  readonly id: string;
  readonly playlist: PlaylistAnswer;
}

interface Facts {
  /** Private key non-extractable: it can be used here and be copied nowhere by script. */
  readonly key: {
    readonly installationId: string;
    readonly privateKey: CryptoKey;
    readonly publicKey: Uint8Array<ArrayBuffer>;
  };
  /** Whose copies these are. */
  readonly owner: { readonly accountId: string; readonly email: string; readonly installationId: string };
  /** The highest epoch that this browser has heard of. It only grows. */
  readonly requiredEpoch: number;
  /** The latest time seen, in milliseconds since the epoch; the server's word replaces it. */
  readonly highestSeenMs: number;
}

type StoreName = "facts" | "copies" | "chunks" | "playlists";

const schemaVersion = 1;

export function openCopies(): Promise<IDBDatabase> {
  const opening = indexedDB.open("overture-copies", schemaVersion);
  opening.onupgradeneeded = () => {
    const database = opening.result;
    database.createObjectStore("facts");
    database.createObjectStore("copies", { keyPath: "trackId" });
    database.createObjectStore("chunks");
    database.createObjectStore("playlists", { keyPath: "id" });
  };
  return answered(opening);
}

export function answered<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new DOMException("no answer", "UnknownError"));
  });
}

/** All or nothing: what `change` asks for is written together, or not at all; a full device rejects with `QuotaExceededError`. */
export function writeTogether(
  database: IDBDatabase,
  stores: readonly StoreName[],
  change: (transaction: IDBTransaction) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction([...stores], "readwrite", { durability: "strict" });
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException("not written", "AbortError"));
    try {
      change(transaction);
    } catch (error) {
      transaction.abort();
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

export async function fact<Name extends keyof Facts>(
  database: IDBDatabase,
  name: Name,
): Promise<Facts[Name] | undefined> {
  return (await answered(database.transaction("facts").objectStore("facts").get(name))) as
    Facts[Name] | undefined;
}

export function keepFact<Name extends keyof Facts>(
  database: IDBDatabase,
  name: Name,
  value: Facts[Name],
): Promise<void> {
  return writeTogether(database, ["facts"], (transaction) => {
    transaction.objectStore("facts").put(value, name);
  });
}

export async function keptCopy(database: IDBDatabase, trackId: string): Promise<KeptCopy | undefined> {
  return (await answered(database.transaction("copies").objectStore("copies").get(trackId))) as
    KeptCopy | undefined;
}

export async function keptCopies(database: IDBDatabase): Promise<readonly KeptCopy[]> {
  return (await answered(database.transaction("copies").objectStore("copies").getAll())) as KeptCopy[];
}

export async function keptPlaylists(database: IDBDatabase): Promise<readonly KeptPlaylist[]> {
  return (await answered(
    database.transaction("playlists").objectStore("playlists").getAll(),
  )) as KeptPlaylist[];
}

export async function keptChunk(
  database: IDBDatabase,
  trackId: string,
  index: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return (await answered(database.transaction("chunks").objectStore("chunks").get([trackId, index]))) as
    Uint8Array<ArrayBuffer> | undefined;
}

/** Every chunk of one track, and no other's. */
function chunksOfTrack(trackId: string): IDBKeyRange {
  return IDBKeyRange.bound([trackId], [trackId, []]);
}

/** Removes copies, chunks and licences together. */
export function dropCopies(database: IDBDatabase, trackIds: readonly string[]): Promise<void> {
  return writeTogether(database, ["copies", "chunks"], (transaction) => {
    for (const trackId of trackIds) {
      transaction.objectStore("copies").delete(trackId);
      transaction.objectStore("chunks").delete(chunksOfTrack(trackId));
    }
  });
}
