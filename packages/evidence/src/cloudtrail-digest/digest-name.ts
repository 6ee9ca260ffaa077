import { parseLogTimeUs } from "@cordon/model";

/** What the name of a digest's S3 object says. */
export interface DigestName {
  /** The folder and the file name without the date and the time: the same for all digests of a chain. */
  readonly series: string;
  readonly account: string;
  /** The region whose log files the digest lists. */
  readonly region: string;
  readonly trail: string;
  readonly endUs: number;
  /** A backfill lists log files that the hour's own digest left out; backfills are a chain of their own. */
  readonly backfill: boolean;
}

// AWSLogs/[organisation/]account/CloudTrail-Digest/region/YYYY/MM/DD/account_CloudTrail-Digest_region_trail_home_time[_backfill].json.gz
const digestFile =
  /^(?<account>[^_]+)_CloudTrail-Digest_(?<region>[a-z0-9-]+)_(?<trail>.+)_(?<home>[a-z0-9-]+)_(?<time>\d{8}T\d{6}Z)(?<backfill>_backfill)?\.json$/;
const logFile = /^(?<account>[^_]+)_CloudTrail(?:-(?!Digest_)[A-Za-z]+)?_(?<region>[a-z0-9-]+)_\d{8}T\d{4}Z/;
const compression = /\.(?:gz|zst)$/;

/** Null when the name is not one that CloudTrail gives its digests. `name`: an S3 object or a file that still bears its name. */
export function parseDigestName(name: string): DigestName | null {
  const folders = name.split("/");
  const fields = digestFile.exec(withoutCompression(folders.pop() ?? ""))?.groups;
  if (fields === undefined) return null;
  const { account, region, trail, home, time } = fields;
  if (account === undefined || region === undefined || trail === undefined || home === undefined) return null;
  const endUs = parseLogTimeUs(
    (time ?? "").replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  if (endUs === null) return null;
  while (/^\d+$/.test(folders.at(-1) ?? "")) folders.pop();
  return {
    series: [...folders, `${account}_${region}_${trail}_${home}`].join("/"),
    account,
    region,
    trail,
    endUs,
    backfill: fields["backfill"] !== undefined,
  };
}

/** Account and region of a log file that still bears the name that CloudTrail gave it, as `account/region`; null for other names. */
export function originOfLogFile(name: string): string | null {
  const fields = logFile.exec(baseName(name))?.groups;
  const { account, region } = fields ?? {};
  return account === undefined || region === undefined ? null : `${account}/${region}`;
}

/** True for a file whose folder or name says that it is a digest. */
export function saysDigest(name: string): boolean {
  return name.split("/").includes("CloudTrail-Digest") || baseName(name).includes("_CloudTrail-Digest_");
}

export function baseName(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

export function withoutCompression(name: string): string {
  return name.replace(compression, "");
}
