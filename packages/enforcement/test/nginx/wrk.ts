import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// Counts answers that are not as expected, by status and by a part of the body, and prints what wrk itself counts.
const script = `
local threads = {}
function setup(thread) table.insert(threads, thread) end
function init(args) expected = tonumber(args[1]); part = args[2]; right = 0; wrong = 0; sample = "" end
function response(status, headers, body)
  if status == expected and string.find(body, part, 1, true) then right = right + 1
  else wrong = wrong + 1; sample = status .. " " .. string.sub(body, 1, 200) end
end
function done(summary, latency, requests)
  local right, wrong, sample = 0, 0, ""
  for _, thread in ipairs(threads) do
    right = right + thread:get("right"); wrong = wrong + thread:get("wrong")
    if thread:get("sample") ~= "" then sample = thread:get("sample") end
  end
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d %d %s\\n", summary.requests, right, wrong,
    errors.connect, errors.read, errors.write, errors.timeout, sample))
end
`;

export interface Load {
  readonly requests: number;
  readonly right: number;
  readonly wrong: number;
  /** Connections refused, reads and writes that failed, answers that did not come in time. */
  readonly socketErrors: number;
  readonly sample: string;
}

/** wrk against `url` for a while; every answer must have the status, and the text in its body. */
export async function load(given: {
  readonly folder: string;
  readonly url: string;
  readonly seconds: number;
  readonly connections: number;
  readonly authorization: string;
  readonly status: number;
  readonly part: string;
}): Promise<Load> {
  const { folder, url, seconds, connections, authorization, status, part } = given;
  mkdirSync(folder, { recursive: true });
  // By what is expected: another wrk may be reading its own at the same time.
  const file = join(folder, `expect-${status}.lua`);
  writeFileSync(file, script);
  const options = ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "10s", "-s", file];
  const header = ["-H", `Authorization: ${authorization}`];
  const child = spawn("wrk", [...options, ...header, url, "--", String(status), part]);
  let text = "";
  child.stdout.on("data", (chunk) => (text += String(chunk)));
  child.stderr.on("data", (chunk) => (text += String(chunk)));
  await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  const match = /^RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (.*)$/m.exec(text);
  if (match === null) throw new Error(`wrk said: ${text}`);
  const [requests = 0, right = 0, wrong = 0, ...errors] = match.slice(1, 8).map(Number);
  return { requests, right, wrong, socketErrors: errors.reduce((a, b) => a + b, 0), sample: match[8] ?? "" };
}
