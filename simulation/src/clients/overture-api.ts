import { setTimeout as sleep } from "node:timers/promises";
import { isJsonObject } from "@cordon/model";
import { buildHeader, clientIdOf, signBuild, signInGrantType, type OvertureHome } from "@cordon/overture";
import { Pool, type Dispatcher } from "undici";
import { installationIdOf, passwordOf } from "../population/credentials.ts";
import type { Population } from "../population/population.ts";
import { fixedVersion } from "../population/segments.ts";
import type { Caller, Directive, ServicePort, TokenReply } from "./service-port.ts";

interface OvertureApiOptions {
  readonly population: Population;
  /** `http://127.0.0.1:PORT` of each instance. */
  readonly instances: readonly string[];
  readonly releaseKey: OvertureHome["releasePrivateKey"];
  readonly connectionsPerInstance: number;
}

const attemptsMax = 5;
const retryAfterMs = 100;
const headersTimeoutMs = 60_000;
const askBody = JSON.stringify({ context: {} });
const form = "application/x-www-form-urlencoded";

/** Overture as its apps call it: over HTTP with keep-alive, each app with its token and the attestation of its build. */
export class OvertureApi implements ServicePort {
  readonly #options: OvertureApiOptions;
  readonly #pools: readonly Pool[];
  readonly #attestations = new Map<string, string>();

  constructor(options: OvertureApiOptions) {
    this.#options = options;
    this.#pools = options.instances.map(
      (origin) =>
        new Pool(origin, {
          connections: options.connectionsPerInstance,
          pipelining: 1,
          headersTimeout: headersTimeoutMs,
        }),
    );
  }

  async directives(caller: Caller): Promise<readonly Directive[]> {
    const answer = await this.#call(
      caller,
      "/ofrep/v1/evaluate/flags",
      { ...this.#headers(caller), "content-type": "application/json" },
      askBody,
    );
    if (answer.statusCode !== 200) throw new Error(`OFREP answered ${answer.statusCode}`);
    return readDirectives(await answer.body.json());
  }

  async play(caller: Caller): Promise<boolean> {
    return this.#admitted(await this.#call(caller, "/play/track-1", this.#headers(caller), null));
  }

  async download(caller: Caller): Promise<boolean> {
    return this.#admitted(await this.#call(caller, "/offline/playlist-1", this.#headers(caller), null));
  }

  async refresh(caller: Caller): Promise<TokenReply> {
    return this.#token(caller, { grant_type: "refresh_token", refresh_token: caller.session.refreshToken });
  }

  async signIn(caller: Caller): Promise<TokenReply> {
    const { population } = this.#options;
    return this.#token(caller, {
      grant_type: signInGrantType,
      username: population.person(caller.index).email,
      password: passwordOf(population.seed, caller.index),
      installation: installationIdOf(caller.index),
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.destroy()));
  }

  async #token(caller: Caller, parameters: Record<string, string>): Promise<TokenReply> {
    const { platform } = this.#options.population.person(caller.index);
    const body = new URLSearchParams({ ...parameters, client_id: clientIdOf(platform) }).toString();
    const answer = await this.#call(caller, "/token", { ...this.#build(caller), "content-type": form }, body);
    const reply: unknown = await answer.body.json();
    if (answer.statusCode !== 200) {
      if (answer.statusCode >= 500) throw new Error(`the token endpoint answered ${answer.statusCode}`);
      return { admitted: false };
    }
    if (!isJsonObject(reply)) throw new Error("the token endpoint answered no object");
    const { access_token: accessToken, refresh_token: refreshToken } = reply;
    if (typeof accessToken !== "string" || typeof refreshToken !== "string")
      throw new Error("the token endpoint answered no tokens");
    return { admitted: true, session: { accessToken, refreshToken } };
  }

  async #admitted(answer: Dispatcher.ResponseData): Promise<boolean> {
    await answer.body.dump();
    if (answer.statusCode >= 500) throw new Error(`the service answered ${answer.statusCode}`);
    return answer.statusCode === 200;
  }

  async #call(
    caller: Caller,
    path: string,
    headers: Record<string, string>,
    body: string | null,
  ): Promise<Dispatcher.ResponseData> {
    const pool = this.#pools[caller.route % this.#pools.length];
    if (pool === undefined) throw new Error("the service has no instance");
    for (let attempt = 1; ; attempt++) {
      try {
        return await pool.request({ path, method: "POST", headers, body });
      } catch (error) {
        if (attempt === attemptsMax || pool.destroyed) throw error;
        await sleep(retryAfterMs * attempt);
      }
    }
  }

  #headers(caller: Caller): Record<string, string> {
    return { ...this.#build(caller), authorization: `Bearer ${caller.session.accessToken}` };
  }

  /** An app from no known place has no attestation; the web player needs none. */
  #build(caller: Caller): Record<string, string> {
    const { platform, appStore: store, version } = this.#options.population.person(caller.index);
    if (store === "unknown" || platform === "web") return {};
    const build = { platform, store, version: caller.upgraded ? fixedVersion : version };
    const key = `${platform}/${store}/${build.version}`;
    let attestation = this.#attestations.get(key);
    if (attestation === undefined) {
      attestation = signBuild(this.#options.releaseKey, build);
      this.#attestations.set(key, attestation);
    }
    return { [buildHeader]: attestation };
  }
}

function readDirectives(answer: unknown): readonly Directive[] {
  const flags = isJsonObject(answer) && Array.isArray(answer["flags"]) ? answer["flags"] : [];
  for (const flag of flags) {
    if (!isJsonObject(flag) || flag["key"] !== "cordon.directives") continue;
    const value = flag["value"];
    if (isJsonObject(value) && Array.isArray(value["directives"]))
      return value["directives"] as readonly Directive[];
  }
  throw new Error("OFREP answered without `cordon.directives`");
}
