import type { PrometheusOrigin } from "@cordon/control-plane";
import { InputError, isJsonObject, parseDuration } from "@cordon/model";
import { readYamlDocument } from "./yaml-document.ts";

const keys = ["prometheus", "every", "rates"];
const everyDefaultMs = 10_000;
const ratesMax = 50;

/** `prometheus`, `rates` (PromQL by name) and perhaps `every` of a YAML file. Throws a CliError that names the line. */
export async function readRates(file: string, token: string | null): Promise<PrometheusOrigin> {
  return (await readYamlDocument(file)).check((value) => parse(value, token));
}

function parse(value: unknown, token: string | null): PrometheusOrigin {
  if (!isJsonObject(value)) throw new InputError([], "it is no mapping", "`prometheus` and `rates`");
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw new InputError([unknown], "an unknown key", keys.join(", "));
  const { prometheus, every, rates } = value;
  const url = typeof prometheus === "string" ? URL.parse(prometheus) : null;
  if (typeof prometheus !== "string" || (url?.protocol !== "http:" && url?.protocol !== "https:"))
    throw new InputError(["prometheus"], "it is no URL", "the http(s) URL of a Prometheus");
  const everyMs =
    every === undefined ? everyDefaultMs : typeof every === "string" ? parseDuration(every) : null;
  if (everyMs === null || everyMs < 1000)
    throw new InputError(["every"], "it is no time between questions", "a duration from 1s on");
  if (!isJsonObject(rates) || Object.keys(rates).length === 0 || Object.keys(rates).length > ratesMax)
    throw new InputError(["rates"], "there are no rates", `1 to ${ratesMax} queries by name`);
  const queries = new Map<string, string>();
  for (const [rate, query] of Object.entries(rates)) {
    if (typeof query !== "string" || query.trim() === "")
      throw new InputError(["rates", rate], "it is no query", "PromQL");
    queries.set(rate, query);
  }
  return { url: prometheus, token, queries, everyMs };
}
