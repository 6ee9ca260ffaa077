import type { CordonClient } from "@cordon/sdk";
import { oneLine } from "./one-line.ts";
import { printJson, printLines } from "./output.ts";

type Release = Awaited<ReturnType<CordonClient["readRelease"]>>;

/** Prints which enforcement points are given which bundle. */
export async function printRelease(release: Release, asJson: true | undefined): Promise<void> {
  if (asJson === true) {
    await printJson(release);
    return;
  }
  const { plan, promotedVersion, staged } = release;
  const lines = [
    promotedVersion === null ? "all points: no bundle yet" : `all points: version ${promotedVersion}`,
  ];
  if (staged !== null) lines.push(`the first points: version ${staged.version}, since ${staged.since}`);
  if (plan !== null) {
    const by = plan.promote === "manual" ? "by `release promote`" : "once one of them reports it in force";
    const after = plan.afterMs === null ? "" : `, after ${plan.afterMs / 1000} s at the latest`;
    lines.push(`first to ${plan.points.join(", ")}; to all ${by}${after}`);
  }
  await printLines(...lines.map(oneLine));
}
