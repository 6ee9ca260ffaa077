/** Hashes lines beside the thread that reads them. */
import { parentPort } from "node:worker_threads";

import { LineHashes, sortHashes } from "./line-hashes.ts";
import type { HashOrder, HashReply } from "./line-hash-worker.ts";

const hashesOf = new Map<number, LineHashes>();

function carryOut(order: HashOrder): void {
  if (order.name === "lines") {
    const hashes = hashesOf.get(order.source) ?? new LineHashes();
    hashesOf.set(order.source, hashes);
    const { bytes } = order;
    hashes.addLines(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      order.ends,
      order.skipLines,
    );
    parentPort?.postMessage({ name: "hashed" } satisfies HashReply);
    return;
  }
  if (order.name === "sort") {
    const { hashes } = order;
    const sorted = sortHashes(Buffer.from(hashes.buffer, hashes.byteOffset, hashes.byteLength));
    parentPort?.postMessage({ name: "sorted", hashes: sorted } satisfies HashReply);
    return;
  }
  const bySource = [...hashesOf].map(([source, hashes]) => ({ source, grouped: hashes.grouped() }));
  hashesOf.clear();
  parentPort?.postMessage(
    { name: "taken", bySource } satisfies HashReply,
    bySource.map(({ grouped }) => grouped.buffer),
  );
}

// The thread's only caller is LineHashWorker.
parentPort?.on("message", (order) => {
  carryOut(order as HashOrder);
});
