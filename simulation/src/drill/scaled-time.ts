/**
 * The incident's days as the drill's seconds, on real clocks. The three days of waves take ten seconds for 40,000
 * people, and longer for more, as fast as two cores can serve them.
 */
export interface ScaledTime {
  /** What three days of waves become, in whole seconds. */
  readonly wavesSeconds: number;
  /** How long the canary meets the measures before anybody else does, at least. */
  readonly canaryMs: number;
  /** After the canary: when the upgrade turns from recommended to required. */
  readonly requiredAfterMs: number;
  /** After the canary: when the last store has the fixed version. */
  readonly lastStoreAfterMs: number;
}

const accountsPerWaveSecond = 4_000;
const wavesSecondsLeast = 2;
const canaryMs = 500;

export function scaleTime(accounts: number): ScaledTime {
  const wavesSeconds = Math.max(wavesSecondsLeast, Math.round(accounts / accountsPerWaveSecond));
  return {
    wavesSeconds,
    canaryMs,
    requiredAfterMs: Math.round(wavesSeconds * 600),
    lastStoreAfterMs: Math.round(wavesSeconds * 800),
  };
}
