import { isJsonObject } from "@cordon/model";
import { buildHeader, clientIdOf, signBuild, signInGrantType, type OvertureHome } from "@cordon/overture";
import { Pool } from "undici";
import { installationIdOf } from "../../population/credentials.ts";
import type { Population } from "../../population/population.ts";
import type { Session } from "../service-port.ts";
import type { Doors, Listener, SignInReply } from "./doors.ts";

interface OvertureDoorsOptions {
  readonly population: Population;
  readonly origin: string;
  readonly releaseKey: OvertureHome["releasePrivateKey"];
  readonly connections: number;
  /** The session that each app holds so far. */
  readonly session: (index: number) => Session;
}

/** Households and offices share an address. */
const listenersPerAddress = 5;

/** Overture's doors over HTTP: by its apps' sign-in, and by its ways back. It has to trust `X-Forwarded-For`. */
export class OvertureDoors implements Doors {
  readonly #options: OvertureDoorsOptions;
  readonly #pool: Pool;
  readonly #tokens = new Map<number, string>();

  constructor(options: OvertureDoorsOptions) {
    this.#options = options;
    this.#pool = new Pool(options.origin, { connections: options.connections, pipelining: 1 });
  }

  async isAsked(listener: Listener): Promise<boolean> {
    return !(await this.plays(listener));
  }

  async plays(listener: Listener): Promise<boolean> {
    const token = this.#tokens.get(listener.index) ?? this.#options.session(listener.index).accessToken;
    const headers = { ...this.#headers(listener), authorization: `Bearer ${token}` };
    const { statusCode, body } = await this.#pool.request({ path: "/play/track-1", method: "POST", headers });
    await body.dump();
    if (statusCode === 200) return true;
    if (statusCode === 401) return false;
    throw new Error(`music was answered with ${statusCode}`);
  }

  async signIn(listener: Listener, password: string): Promise<SignInReply> {
    const { platform } = this.#options.population.person(listener.index);
    const form = new URLSearchParams({
      grant_type: signInGrantType,
      client_id: clientIdOf(platform),
      username: listener.email,
      password,
      installation: installationIdOf(listener.index),
    });
    const headers = { ...this.#headers(listener), "content-type": "application/x-www-form-urlencoded" };
    const answer = await this.#pool.request({
      path: "/token",
      method: "POST",
      headers,
      body: form.toString(),
    });
    const reply: unknown = await answer.body.json();
    if (answer.statusCode === 429)
      return { kind: "blocked", waitMs: Number(answer.headers["retry-after"] ?? 1) * 1000 };
    if (answer.statusCode === 400) return { kind: "wrong" };
    if (answer.statusCode !== 200 || !isJsonObject(reply) || typeof reply["access_token"] !== "string")
      throw new Error(`a sign-in was answered with ${answer.statusCode}`);
    this.#tokens.set(listener.index, reply["access_token"]);
    return { kind: "in" };
  }

  async forgotten(listener: Listener): Promise<void> {
    this.#expect(202, await this.#post("/api/password/forgotten", { email: listener.email }, listener));
  }

  async reset(token: string, newPassword: string): Promise<boolean> {
    const status = await this.#post("/api/password/reset", { token, newPassword }, null);
    if (status === 410) return false;
    this.#expect(204, status);
    return true;
  }

  async recover(listener: Listener, code: string, newPassword: string): Promise<SignInReply["kind"]> {
    const status = await this.#post(
      "/api/recovery/code",
      { email: listener.email, code, newPassword },
      listener,
    );
    if (status === 429) return "blocked";
    return status === 204 ? "in" : "wrong";
  }

  async openCase(listener: Listener): Promise<void> {
    const { email, contact } = listener;
    this.#expect(
      202,
      await this.#post("/api/recovery/case", { email, contact, words: "It is me." }, listener),
    );
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #post(path: string, value: object, listener: Listener | null): Promise<number> {
    const headers = {
      ...(listener === null ? {} : this.#headers(listener)),
      "content-type": "application/json",
    };
    const { statusCode, body } = await this.#pool.request({
      path,
      method: "POST",
      headers,
      body: JSON.stringify(value),
    });
    await body.dump();
    return statusCode;
  }

  #expect(expected: number, status: number): void {
    if (status !== expected) throw new Error(`answered ${status}, expected ${expected}`);
  }

  #headers({ index }: Listener): Record<string, string> {
    const house = Math.floor(index / listenersPerAddress);
    const address = `10.${(house >> 16) & 255}.${(house >> 8) & 255}.${house & 255}`;
    const { platform, appStore: store, version } = this.#options.population.person(index);
    if (store === "unknown" || platform === "web") return { "x-forwarded-for": address };
    const build = signBuild(this.#options.releaseKey, { platform, store, version });
    return { "x-forwarded-for": address, [buildHeader]: build };
  }
}
