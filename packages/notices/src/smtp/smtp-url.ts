import { NoticeError } from "../errors.ts";

/** Where and how the mail server is reached. `toString`-safe: print `smtpServerName` instead, never this. */
export type SmtpServer = {
  readonly host: string;
  readonly port: number;
  /**
   * `from-start`: `smtps://`. `required`: STARTTLS or nothing. `offered`: STARTTLS when the server offers it.
   * `never`: plain text, for a server on the same machine.
   */
  readonly tls: "from-start" | "required" | "offered" | "never";
  readonly login: { readonly user: string; readonly password: string } | null;
};

const expected = "`smtp://` or `smtps://`, [user:password@]host[:port][?tls=required|offered|never]";
const loopback = new Set(["127.0.0.1", "::1", "localhost"]);

/**
 * Reads `smtp://user:password@host:port?tls=…`. Without `tls`, a login over `smtp://` to another machine requires
 * STARTTLS, everything else takes it when offered. Throws `ERR_SMTP_URL`, without repeating the URL: it may hold a password.
 */
export function parseSmtpUrl(text: string): SmtpServer {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "smtp:" && url.protocol !== "smtps:") || url.hostname === "") {
    refuse("is no SMTP URL");
  }
  if ((url.pathname !== "" && url.pathname !== "/") || url.hash !== "") refuse("has a path");
  const fromStart = url.protocol === "smtps:";
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const user = decode(url.username);
  const password = decode(url.password);
  if ((user === "") !== (password === "")) refuse("has a user or a password, but not both");
  const login = user === "" ? null : { user, password };
  return {
    host,
    port: url.port === "" ? (fromStart ? 465 : 587) : Number(url.port),
    tls: fromStart ? tlsFromStart(url) : tlsAsked(url, login !== null && !loopback.has(host)),
    login,
  };
}

/** Host and port, for logs and messages. */
export function smtpServerName({ host, port }: SmtpServer): string {
  return `${host}:${port}`;
}

function tlsFromStart(url: URL): "from-start" {
  if (url.search !== "") refuse("has settings that `smtps://` does not take");
  return "from-start";
}

function tlsAsked(url: URL, secretAbroad: boolean): "required" | "offered" | "never" {
  const settings = [...url.searchParams];
  const [setting] = settings;
  if (setting === undefined) return secretAbroad ? "required" : "offered";
  const [key, value] = setting;
  if (
    settings.length > 1 ||
    key !== "tls" ||
    (value !== "required" && value !== "offered" && value !== "never")
  ) {
    refuse("has an unknown setting");
  }
  if (secretAbroad && value !== "required") refuse("would send a password over the network unencrypted");
  return value;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse("has a broken percent-encoding");
  }
}

function refuse(what: string): never {
  throw new NoticeError("ERR_SMTP_URL", `the SMTP server's URL ${what}, expected ${expected}`);
}
