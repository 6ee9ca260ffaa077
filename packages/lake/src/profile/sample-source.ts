import {
  assembleRecords,
  closeDocument,
  detectFormat,
  type Format,
  type FormatFinding,
  type SampledRun,
  type SourceSample,
} from "@cordon/evidence";

import type { Engine } from "../directory/engine.ts";
import type { FoundFile, FoundSource } from "./list-sources.ts";
import { lookAtBytes } from "./look-at-bytes.ts";
import { sampleFile, type FileSample } from "./sample-file.ts";
import { sampleLimits } from "./sample-limits.ts";
import { recordsOfLines } from "./sample-lines.ts";
import { sampleParquet } from "./sample-parquet.ts";

/** How many files of another kind, or with a problem, are named. */
const filesNamedMax = 3;

export interface SampledSource {
  readonly sample: SourceSample;
  readonly files: number;
  readonly filesSampled: number;
  /** On the disk. */
  readonly bytes: number;
  /** Read, after unpacking. */
  readonly bytesSampled: number;
}

interface SampledFile {
  readonly finding: FormatFinding;
  readonly runs: readonly SampledRun[];
}

/** Samples one source: the files are spread over their names, which mostly sort by time. */
export async function sampleSource(source: FoundSource, engine: Engine): Promise<SampledSource> {
  const picked = spread(source.files, sampleLimits.filesPerSource);
  const problems: string[] = [...source.problems];
  const sampled: SampledFile[] = [];
  const recordsMax = Math.max(
    sampleLimits.recordsPerSpotMin,
    Math.floor(sampleLimits.recordsPerSource / Math.max(1, 3 * picked.length)),
  );
  let bytesSampled = 0;
  let filesSampled = 0;
  for (const file of picked) {
    if (bytesSampled > sampleLimits.bytesPerSource) break;
    const found = await sampleFile(file.file);
    for (const spot of found.spots) bytesSampled += spot.bytes.length;
    filesSampled += 1;
    if (found.problem !== null) problems.push(`${file.name}: ${found.problem.replace(`${file.file}: `, "")}`);
    if (found.problem !== null && found.spots[0].bytes.length === 0) continue;
    sampled.push(await readFile({ file, found, recordsMax, engine }));
  }
  const { format, why, others } = commonest(sampled);
  return {
    files: source.files.length,
    filesSampled,
    bytes: source.files.reduce((sum, file) => sum + file.bytes, 0),
    bytesSampled,
    sample: {
      source: source.name,
      format,
      formatWhy: why,
      runs:
        format === null
          ? []
          : sampled.flatMap(({ finding, runs }) => (finding.format === format ? runs : [])),
      problems: [...others, ...firstOfEach(problems)],
    },
  };
}

interface FileRequest {
  readonly file: FoundFile;
  readonly found: FileSample;
  readonly recordsMax: number;
  readonly engine: Engine;
}

async function readFile({ file, found, recordsMax, engine }: FileRequest): Promise<SampledFile> {
  const [beginning, ...others] = found.spots;
  const unknown = (why: string): SampledFile => ({
    finding: { format: null, isDocument: false, why },
    runs: [{ file: file.name, records: [] }],
  });
  const looked = lookAtBytes(beginning.bytes);
  if (typeof looked === "object") return unknown(looked.foreign);
  if (looked === "parquet") {
    const records = await sampleParquet(engine, file.file, recordsMax);
    if ("problem" in records) return unknown(records.problem);
    const [first] = records;
    const finding = detectFormat(
      first === undefined || !("record" in first) ? "" : jsonLine(first.record),
      true,
    );
    return finding.format === "ocsf"
      ? {
          finding: { ...finding, why: "Parquet with OCSF's class_uid" },
          runs: [{ file: file.name, records }],
        }
      : unknown("a Parquet file that is not OCSF");
  }
  const text = beginning.bytes.toString("utf8");
  const finding = detectFormat(text, beginning.isEnd);
  const { format } = finding;
  if (format === null) return { finding, runs: [{ file: file.name, records: [] }] };
  const assembler = (): ReturnType<typeof assembleRecords> => assembleRecords({ format, fields: new Map() });
  if (finding.isDocument) {
    const whole = beginning.isEnd ? text : (closeDocument(text) ?? "");
    const bytes = Buffer.from(whole);
    const records = recordsOfLines({
      bytes,
      assembler: assembler(),
      recordsMax: 3 * recordsMax,
      startsCut: false,
      endsCut: false,
      header: null,
    });
    return { finding, runs: [{ file: file.name, records: records.slice(0, 3 * recordsMax) }] };
  }
  const records = recordsOfLines({
    bytes: beginning.bytes,
    assembler: assembler(),
    recordsMax: others.length === 0 ? 3 * recordsMax : recordsMax,
    startsCut: false,
    endsCut: !beginning.isEnd,
    header: null,
  });
  const runs = [{ file: file.name, records }];
  const header = format === "csv" ? (text.replace(/^\uFEFF/, "").split(/\r?\n/, 1)[0] ?? "") : null;
  // Where a cell or message may hold line ends, the middle of a file may begin inside one: what can't be read there is no fault.
  const mayStartInside = format === "csv" || format === "pgaudit";
  for (const { bytes, isEnd } of others) {
    const of = recordsOfLines({
      bytes,
      assembler: assembler(),
      recordsMax,
      startsCut: true,
      endsCut: !isEnd,
      header,
    });
    runs.push({ file: file.name, records: mayStartInside ? of.filter((record) => "record" in record) : of });
  }
  return { finding, runs };
}

function jsonLine(record: unknown): string {
  return JSON.stringify(record, (_key, value: unknown) =>
    typeof value === "bigint" ? Number(value) : value,
  );
}

/** The format of most files, and sentences about the files of any other. */
function commonest(sampled: readonly SampledFile[]): {
  readonly format: Format | null;
  readonly why: string;
  readonly others: readonly string[];
} {
  const byFormat = new Map<Format, SampledFile[]>();
  const unknown = new Map<string, SampledFile[]>();
  for (const file of sampled) {
    const { format, why } = file.finding;
    const group = format === null ? unknown.get(why) : byFormat.get(format);
    if (group !== undefined) group.push(file);
    else if (format === null) unknown.set(why, [file]);
    else byFormat.set(format, [file]);
  }
  const [best, ...rest] = [...byFormat].sort((a, b) => b[1].length - a[1].length);
  const sentences = [
    ...rest.map(
      ([format, files]) =>
        `${named(files)}: ${format}, where most files are ${best?.[0] ?? ""}: give each kind of log a folder of its own`,
    ),
    ...[...unknown].map(([why, files]) => `${named(files)}: ${why}`),
  ];
  if (best === undefined) {
    const [[why] = ["no file could be read"]] = [...unknown].sort((a, b) => b[1].length - a[1].length);
    return { format: null, why: sampled.length === 0 ? "no file could be read" : why, others: sentences };
  }
  const [format, files] = best;
  const of = sampled.length === 1 ? "" : `, in ${files.length} of ${sampled.length} sampled files`;
  return { format, why: `${files[0]?.finding.why ?? ""}${of}`, others: sentences };
}

function named(files: readonly SampledFile[]): string {
  const names = files.slice(0, filesNamedMax).map((file) => file.runs[0]?.file ?? "");
  return files.length > names.length
    ? `${names.join(", ")} and ${files.length - names.length} more`
    : names.join(", ");
}

function firstOfEach(problems: readonly string[]): readonly string[] {
  return problems.length <= filesNamedMax
    ? problems
    : [
        ...problems.slice(0, filesNamedMax),
        `and ${problems.length - filesNamedMax} more problems of this kind`,
      ];
}

/** At most `most` of the files, the first and the last among them. */
function spread(files: readonly FoundFile[], most: number): readonly FoundFile[] {
  if (files.length <= most) return files;
  return Array.from(
    { length: most },
    (_, index) => files[Math.round((index * (files.length - 1)) / (most - 1))],
  ).filter((file) => file !== undefined);
}
