import { CoverStore } from "./cover-store.ts";
import { Library } from "./library.ts";
import { openLibraryDatabase } from "./library-database.ts";
import { scanLibrary } from "./scan-library.ts";
import type { ScanResult } from "./scan-messages.ts";

interface OpenLibraryOptions {
  readonly databaseFile: string;
  readonly coverFolder: string;
  /** Folders whose tracks there are; those of other folders are withdrawn at the next scan. */
  readonly folders: readonly string[];
  /** Told when a scan has failed; what was there before stays. */
  readonly onUnexpected: (error: unknown) => void;
}

/** The library as it is now, and scans that bring it up to its folders. */
export interface OpenLibrary {
  readonly library: Library;
  readonly covers: CoverStore;
  readonly isScanning: () => boolean;
  /** One scan at a time: who asks during one gets the one after it. Null: it failed and `onUnexpected` knows why. */
  readonly scan: () => Promise<ScanResult | null>;
  readonly close: () => Promise<void>;
}

export function openLibrary(options: OpenLibraryOptions): OpenLibrary {
  const { databaseFile, coverFolder, folders, onUnexpected } = options;
  const database = openLibraryDatabase(databaseFile);
  const ending = new AbortController();
  const isEnding = () => ending.signal.aborted;
  let running = 0;
  let last: Promise<ScanResult | null> = Promise.resolve(null);
  const once = async () => {
    if (isEnding()) return null;
    try {
      return await scanLibrary({ databaseFile, coverFolder, folders }, ending.signal);
    } catch (error) {
      if (!isEnding()) onUnexpected(error);
      return null;
    }
  };
  return {
    library: new Library(database),
    covers: new CoverStore(database, coverFolder),
    isScanning: () => running > 0,
    scan() {
      running += 1;
      last = last.then(once).finally(() => {
        running -= 1;
      });
      return last;
    },
    async close() {
      ending.abort();
      await last;
      database.close();
    },
  };
}
