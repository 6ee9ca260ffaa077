import type { DatabaseSync, StatementSync } from "node:sqlite";

export const queueTracksMax = 5_000;

interface PlayQueue {
  readonly trackIds: readonly string[];
  readonly currentIndex: number;
  readonly positionMs: number;
  readonly changedAtMs: number;
}

interface Row {
  readonly trackIds: string;
  readonly currentIndex: number;
  readonly positionMs: number;
  readonly changedAtMs: number;
}

/** Where each account was: its queue, the track in it and the place in the track, for any of its devices to go on. */
export class PlayQueues {
  readonly #find: StatementSync;
  readonly #save: StatementSync;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare(
      `SELECT track_ids AS trackIds, current_index AS currentIndex, position_ms AS positionMs,
              changed_at AS changedAtMs FROM play_queues WHERE account_id = ?`,
    );
    this.#save = database.prepare("INSERT OR REPLACE INTO play_queues VALUES (?, ?, ?, ?, ?)");
  }

  find(accountId: string): PlayQueue | null {
    const row = this.#find.get(accountId) as Row | undefined;
    return row === undefined ? null : { ...row, trackIds: JSON.parse(row.trackIds) as string[] };
  }

  save(accountId: string, queue: PlayQueue): void {
    const { trackIds, currentIndex, positionMs, changedAtMs } = queue;
    this.#save.run(accountId, JSON.stringify(trackIds), currentIndex, positionMs, changedAtMs);
  }
}
