import { compilePolicy, parsePolicy } from "@cordon/gate";
import { describe, expect, it } from "vitest";
import { CliError } from "../src/cli-error.ts";
import { decideLines } from "../src/decide-lines.ts";

const compiled = compilePolicy(
  parsePolicy({
    version: 1,
    rules: [{ id: "r", measure: "reauthenticate", cutoff: "2014-05-27T12:00:00Z" }],
  }),
  new Map(),
);

async function run(
  parts: readonly Uint8Array[],
  clock: readonly number[] = [],
  explained = false,
): Promise<{ out: string; error: string }> {
  let out = "";
  let asked = 0;
  async function* requests(): AsyncGenerator<Uint8Array> {
    for (const part of parts) yield await Promise.resolve(part);
  }
  try {
    await decideLines({
      requests: requests(),
      name: "requests",
      compiled,
      explained,
      nowMs: () => clock[asked++] ?? Date.parse("2014-06-01T00:00:00Z"),
      write: (text) => {
        out += text;
        return Promise.resolve();
      },
    });
    return { out, error: "" };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { out, error: error.message };
  }
}

const denied = '{"allow":false,"directives":[{"measure":"reauthenticate","rule":"r","required":true}]}\n';
const allowed = '{"allow":true,"directives":[]}\n';
const recent = '{"authTime":"2014-05-28T00:00:00Z"}';

describe("decideLines", () => {
  it.each([
    ["no JSON", Buffer.from("{account"), "requests:3: not JSON, expected a JSON object"],
    ["null", Buffer.from("null"), "requests:3: `null` is no JSON object, expected a JSON object"],
    ["a blank line", Buffer.from(""), "requests:3: not JSON, expected a JSON object"],
    [
      "a time that can't be read",
      Buffer.from('{"authTime":"yesterday"}'),
      "requests:3: `authTime` is `yesterday`, expected an RFC 3339 time with `Z`",
    ],
    [
      "bytes that are not UTF-8",
      Buffer.of(0x22, 0xff, 0x22),
      "requests:3: bytes that are not UTF-8, expected UTF-8",
    ],
    [
      "a line over 1 MiB",
      Buffer.alloc(1_048_577, 0x20),
      "requests:3: over 1048576 bytes, expected shorter lines",
    ],
    ["brackets without end", Buffer.alloc(1_000_000, 0x5b), "requests:3: not JSON, expected a JSON object"],
  ])("%s is wrong input, naming the line; earlier decisions stand", async (_, flaw, error) => {
    const before = Buffer.from(`{}\n${recent}\n`);
    const after = Buffer.from("\n{}\n");
    expect(await run([Buffer.concat([before, flaw, after])])).toEqual({ out: denied + allowed, error });
    // However it arrives.
    expect(await run([before, flaw, after])).toEqual({ out: denied + allowed, error });
  });

  it("goes by the clock from request to request", async () => {
    const cutoff = Date.parse("2014-05-27T12:00:00Z");
    const one = Buffer.from("{}\n");
    expect(await run([one, one, one], [cutoff - 1, cutoff, cutoff + 1])).toEqual({
      out: allowed + denied + denied,
      error: "",
    });
  });

  it("adds to each decision, when asked to, what every rule had to do with it", async () => {
    const why = (rest: string): string =>
      `"explanation":[{"rule":"r","measure":"reauthenticate","applies":${rest}}]}\n`;
    const out =
      denied.replace("}\n", `,${why('true,"because":"time-missing","decides":true')}`) +
      allowed.replace("}\n", `,${why('false,"because":"time-not-before-cutoff"')}`);
    expect(await run([Buffer.from(`{}\n${recent}\n`)], [], true)).toEqual({ out, error: "" });
  });
});
