import { isJsonObject, type Json } from "@cordon/model";
import type { RateSample } from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";

/** A Prometheus, and what is asked of it. */
export interface PrometheusOrigin {
  /** `http://prometheus:9090`. */
  readonly url: string;
  /** Sent as a bearer token; null: none. */
  readonly token: string | null;
  /** PromQL by the name of the rate that it measures. At most `ratesMax`. */
  readonly queries: ReadonlyMap<string, string>;
  readonly everyMs: number;
}

const ratesMax = 50;
const timeoutMs = 5000;
const answerBytesMax = 1_048_576;

/**
 * The rates as Prometheus measures them now (HTTP API, instant queries). Of several series the highest value counts: a limit is passed
 * when any passes it. A query without a result gives no sample, and silence pauses. Throws ERR_PLANE_RATES.
 */
export async function measureRates(origin: PrometheusOrigin, fetcher: typeof fetch): Promise<RateSample[]> {
  if (origin.queries.size > ratesMax)
    throw new ControlPlaneError(
      "ERR_PLANE_RATES",
      `${origin.queries.size} rates, expected at most ${ratesMax}`,
    );
  const samples = await Promise.all(
    [...origin.queries].map(([rate, query]) => measure(origin, rate, query, fetcher)),
  );
  return samples.flat();
}

async function measure(
  { url, token }: PrometheusOrigin,
  rate: string,
  query: string,
  fetcher: typeof fetch,
): Promise<RateSample[]> {
  const asked = new URL("api/v1/query", url.endsWith("/") ? url : `${url}/`);
  asked.searchParams.set("query", query);
  try {
    const response = await fetcher(asked, {
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(timeoutMs),
      redirect: "error",
    });
    const text = await textOf(response);
    if (!response.ok) throw new TypeError(`it answers ${response.status}`);
    const highest = highestOf(JSON.parse(text) as Json);
    return highest === null ? [] : [{ rate, ...highest }];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ControlPlaneError("ERR_PLANE_RATES", `\`${rate}\` can't be measured: ${why}`, { cause: error });
  }
}

async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  if (body === null) return "";
  for await (const part of body) {
    bytes += part.length;
    if (bytes > answerBytesMax) throw new TypeError(`its answer is longer than ${answerBytesMax} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** Of `{status, data: {resultType: "vector" | "scalar", result}}`; null for no series. */
function highestOf(answer: Json): { readonly value: number; readonly atMs: number } | null {
  const data = isJsonObject(answer) && answer["status"] === "success" ? answer["data"] : undefined;
  const result = isJsonObject(data) ? data["result"] : undefined;
  const type = isJsonObject(data) ? data["resultType"] : undefined;
  if (!Array.isArray(result) || (type !== "vector" && type !== "scalar"))
    throw new TypeError("its answer is neither a vector nor a scalar");
  const list: readonly Json[] = result;
  const pairs = type === "scalar" ? [list] : list.map((one) => (isJsonObject(one) ? one["value"] : null));
  let highest: { value: number; atMs: number } | null = null;
  for (const pair of pairs) {
    const [at, text] = Array.isArray(pair) ? (pair as readonly Json[]) : [];
    if (typeof at !== "number" || typeof text !== "string")
      throw new TypeError("a sample that can't be read");
    // NaN is over every limit: nobody can tell.
    const value = text === "+Inf" ? Number.MAX_VALUE : Number(text);
    if (highest === null || !(value <= highest.value)) highest = { value, atMs: Math.round(at * 1000) };
  }
  return highest === null || Number.isNaN(highest.value) ? null : highest;
}
