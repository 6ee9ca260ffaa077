import type { Leases } from "@cordon/journal-postgres";

/** Short, so that a control plane that was killed is soon followed by the next. What must not happen twice does not rest on it. */
const leaseMs = 2500;
const renewMs = 800;

/**
 * Runs `work` while this owner alone holds `name`. False when another one does, and when the lease was lost on the way, as on a
 * starved machine or with a connection that broke: what is left to do must be looked at again, and nobody wakes a worker for it. The
 * signal is aborted when the lease is lost, or when the outer one is.
 */
export async function withLease(
  leases: Leases,
  options: { readonly name: string; readonly owner: string; readonly signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const { name, owner, signal } = options;
  if (!(await leases.acquire(name, owner, leaseMs))) return false;
  const lost = new AbortController();
  let renewing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    renewing = leases.renew(name, owner, leaseMs).then(
      (held) => {
        if (!held) lost.abort();
      },
      () => lost.abort(),
    );
  }, renewMs);
  try {
    await work(AbortSignal.any([signal, lost.signal]));
  } finally {
    clearInterval(timer);
    await renewing;
    // A lease that can't be let go of runs out by itself.
    await leases.release(name, owner).catch(() => undefined);
  }
  return !lost.signal.aborted;
}
