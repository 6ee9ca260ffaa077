/**
 * Loaded first (`--import`) into every process that the drill starts: when the drill is gone, however it ended, the
 * channel to it closes, and the process ends in good order, or at the latest after `patienceMs`.
 */
const patienceMs = 20_000;

process.on("disconnect", () => {
  setTimeout(() => process.kill(process.pid, "SIGKILL"), patienceMs).unref();
  process.kill(process.pid, "SIGTERM");
});
// A server must be able to end on its own while the drill lives.
process.channel?.unref();
