/** A browser as far as signing in needs one: it keeps cookies by path, follows no redirect by itself and says its origin. */
export class BrowserLike {
  readonly origin: string;
  readonly #cookies = new Map<string, { readonly value: string; readonly path: string }>();
  readonly #headers: Readonly<Record<string, string>>;

  constructor(origin: string, headers: Readonly<Record<string, string>> = {}) {
    this.origin = origin;
    this.#headers = headers;
  }

  get cookies(): ReadonlyMap<string, { readonly value: string; readonly path: string }> {
    return this.#cookies;
  }

  plant(name: string, value: string, path = "/"): void {
    this.#cookies.set(name, { value, path });
  }

  async go(
    path: string,
    init: RequestInit & { form?: Record<string, string>; json?: unknown } = {},
  ): Promise<Response> {
    const { form, json, ...rest } = init;
    const url = new URL(path, this.origin);
    const sent = [...this.#cookies].filter(([, cookie]) => url.pathname.startsWith(cookie.path));
    const headers = new Headers({
      accept: "text/html",
      ...this.#headers,
      ...(rest.headers as object | undefined),
    });
    if (sent.length > 0)
      headers.set("cookie", sent.map(([name, { value }]) => `${name}=${value}`).join("; "));
    if (form !== undefined) rest.body = new URLSearchParams(form);
    if (json !== undefined) {
      rest.body = JSON.stringify(json);
      headers.set("content-type", "application/json");
    }
    const method = rest.method ?? (rest.body === undefined ? "GET" : "POST");
    if (method !== "GET" && !headers.has("origin")) headers.set("origin", this.origin);
    const response = await fetch(url, { redirect: "manual", ...rest, method, headers });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      const isOver = /expires=Thu, 01 Jan 1970/i.test(cookie) || /max-age=0/i.test(cookie);
      if (isOver) this.#cookies.delete(name);
      else this.#cookies.set(name, { value, path: /path=([^;]+)/i.exec(cookie)?.[1] ?? "/" });
    }
    return response;
  }

  async follow(response: Response): Promise<Response> {
    return this.go(response.headers.get("location") ?? "");
  }

  /** Signs in through all of OpenID Connect's redirects; resolves to where it ends, or to the page that asks again. */
  async signIn(
    email: string,
    password: string,
    more: { returnPath?: string; newPassword?: string } = {},
  ): Promise<Response> {
    const start = await this.go(`/api/session/sign-in?return=${encodeURIComponent(more.returnPath ?? "/")}`);
    const page = await this.follow(start);
    const { location } = { location: page.headers.get("location") ?? "" };
    await this.go(location);
    let answer = await this.go(location, { form: { username: email, password } });
    if (answer.status === 200 && more.newPassword !== undefined)
      answer = await this.go(location, {
        form: { username: email, password, newPassword: more.newPassword },
      });
    while (answer.status === 303) {
      const next = new URL(answer.headers.get("location") ?? "", this.origin);
      if (!/^\/(?:auth|api\/session\/callback)/.test(next.pathname)) return answer;
      answer = await this.go(next.href);
    }
    return answer;
  }

  async json<Answer>(path: string): Promise<Answer> {
    const response = await this.go(path);
    if (response.status !== 200)
      throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  }
}
