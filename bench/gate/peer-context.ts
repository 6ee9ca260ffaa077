import type { GateRequest } from "@cordon/gate";

import type { Population } from "./population.ts";

/** What peers evaluate: flat, made for each call as a service would, with membership resolved by our bitmaps. */
interface PeerContext {
  readonly platform: string;
  readonly store: string;
  /** The store that the installer stands for. */
  readonly installer: string;
  readonly version: string;
  readonly keyId: string;
  readonly authTime: number;
  readonly offlineEpoch: number;
  readonly one: boolean;
  readonly exposed: boolean;
  readonly touched: boolean;
}

export function peerContext(request: GateRequest, { cohorts }: Population): PeerContext {
  const { account, ordinal } = request;
  return {
    platform: request.platform ?? "",
    store: request.store,
    installer: request.installation?.installerStore ?? request.store,
    version: request.version ?? "",
    keyId: request.keyId ?? "",
    authTime: request.authTimeMs ?? 0,
    offlineEpoch: request.offlineEpoch,
    one: cohorts.one.has(account, ordinal),
    exposed: cohorts.exposed.has(account, ordinal),
    touched: cohorts.touched.has(account, ordinal),
  };
}
