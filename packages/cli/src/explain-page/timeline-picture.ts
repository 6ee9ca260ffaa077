import {
  gapReasons,
  type CoverageStretch,
  type CoverageTimeline,
  type GapReason,
  type ListedEvent,
} from "@cordon/scope";
import { count, proofs, reasons } from "../answer-words.ts";
import { markup, type Markup } from "./markup.ts";

/** Places across the picture, in which marks that would hide each other become one. */
const columns = 400;

const bandHeight = 16;
const bandStep = 44;
const laneStep = 26;
const axisHeight = 34;

type Kind = "succeeded" | "possible" | "unclassified" | "refused";
const lanes: readonly { readonly kind: Kind; readonly label: string }[] = [
  { kind: "succeeded", label: "reads that succeeded" },
  { kind: "possible", label: "only possibly theirs, or inside" },
  { kind: "unclassified", label: "operations not in the map" },
  { kind: "refused", label: "refused attempts" },
];

/**
 * When the suspects were active and when each store was watched through each door. Everything is placed by percentages, so
 * that patterns and letters keep their shape at every width.
 */
export function timelinePicture(timeline: CoverageTimeline, events: readonly ListedEvent[]): Markup {
  const scale = new TimeScale(timeline.from, timeline.to);
  const shown = lanes.filter(({ kind }) => events.some((event) => kindOf(event) === kind));
  const bandsTop = axisHeight + shown.length * laneStep + 14;
  const height = bandsTop + timeline.bands.length * bandStep + 4;
  const gapCount = timeline.bands
    .flatMap(({ stretches }) => stretches)
    .filter(({ state }) => state === "gap").length;
  return markup`<svg
    class="timeline"
    width="100%"
    height="${height}"
    role="img"
    aria-labelledby="timeline-title timeline-desc"
  >
    <title id="timeline-title">The suspects' events and the coverage of each store</title>
    <desc id="timeline-desc">
      From ${timeline.from} to ${timeline.to}: ${count(events.length)} suspect events above; below, one band
      for each store and source, with ${count(gapCount)} gaps. The tables on this page say the same.
    </desc>
    ${patterns()}${ticks(scale, height)}
    ${shown.map(({ kind, label }, index) => lane(kind, label, axisHeight + index * laneStep, scale, events))}
    ${timeline.bands.map(({ store, source, stretches }, index) => {
      const top = bandsTop + index * bandStep;
      return markup`<text class="band-label" x="0" y="${top + 12}"
          >${store}<tspan class="soft" dx="8"
            >${source === null ? "no source watches it" : `via ${source}`}</tspan
          ></text
        >
        ${stretchMarks(stretches, top + 19, scale)}
        <rect class="frame" x="0" y="${top + 19}" width="100%" height="${bandHeight}" rx="3" /> `;
    })}
  </svg>`;
}

export function timelineLegend(timeline: CoverageTimeline, events: readonly ListedEvent[]): Markup {
  const stretches = timeline.bands.flatMap((band) => band.stretches);
  const found = new Set(
    stretches.flatMap((stretch) => (stretch.state === "gap" ? stretch.reasons.slice(0, 1) : [])),
  );
  const kinds = new Set(events.map((event) => kindOf(event)));
  const box = (fill: string): Markup =>
    markup`<svg width="26" height="14" aria-hidden="true">
      <rect class="${fill}" width="26" height="14" rx="3" />
    </svg>`;
  return markup`<ul class="legend">
    ${lanes
      .filter(({ kind }) => kinds.has(kind))
      .map(
        ({ kind, label }) =>
          markup`<li>
            <svg width="14" height="14" aria-hidden="true">${mark(kind, "7", 7, 5)}</svg> ${label}
          </li>`,
      )}
    ${stretches.some(({ state }) => state === "proven") ? markup`<li>${box("proven")} watched, proven</li>` : ""}
    ${gapReasons.filter((reason) => found.has(reason)).map((reason) => markup`<li>${box(`gap-${reason}`)} gap: ${reasons[reason]}</li>`)}
  </ul>`;
}

/** The window as places from 0 to 100 %. */
class TimeScale {
  readonly fromMs: number;
  readonly toMs: number;

  constructor(from: string, to: string) {
    this.fromMs = Date.parse(from);
    this.toMs = Date.parse(to);
  }

  at(ms: number): number {
    return Math.min(1, Math.max(0, (ms - this.fromMs) / (this.toMs - this.fromMs)));
  }

  percent(share: number): string {
    return `${Number((share * 100).toFixed(3))}%`;
  }
}

function kindOf({ outcome, surely }: ListedEvent): Kind | null {
  if (outcome === "ignored") return null;
  if (outcome === "refused") return "refused";
  if (!surely) return "possible";
  return outcome === "unclassified" ? "unclassified" : "succeeded";
}

function lane(
  kind: Kind,
  label: string,
  top: number,
  scale: TimeScale,
  events: readonly ListedEvent[],
): Markup {
  const places = new Map<number, ListedEvent[]>();
  for (const event of events) {
    if (kindOf(event) !== kind) continue;
    const place = Math.round(scale.at(Date.parse(event.time)) * columns);
    const there = places.get(place);
    if (there === undefined) places.set(place, [event]);
    else there.push(event);
  }
  const middle = top + laneStep / 2;
  return markup`<g
    ><line class="lane" x1="0" x2="100%" y1="${middle}" y2="${middle}" /> ${[...places].map(
      ([place, there]) => {
        const [first] = there;
        const radius = Math.min(9, 4.5 + Math.log2(there.length));
        const said = `${count(there.length)} × ${label}: ${first?.time ?? ""} ${first?.operation ?? ""}, ${first?.file ?? ""}:${first?.line ?? ""}`;
        return markup`<g
          ><title>${said}</title>${mark(kind, scale.percent(place / columns), middle, radius)}</g
        >`;
      },
    )}</g
  >`;
}

/** Kinds differ in shape and fill, not in colour alone. The nested picture has its own origin at the mark's place. */
function mark(kind: Kind, x: string, y: number, radius: number): Markup {
  const r = Number(radius.toFixed(1));
  const shapes: Readonly<Record<Kind, Markup>> = {
    succeeded: markup`<circle class="mark mark-succeeded" r="${r}" />`,
    possible: markup`<circle class="mark mark-possible" r="${r}" />`,
    unclassified: markup`<path class="mark mark-unclassified" d="M0 ${-r - 1}L${r + 1} 0L0 ${r + 1}L${-r - 1} 0Z" />`,
    refused: markup`<path
      class="mark mark-refused"
      d="M${-r + 1} ${-r + 1}L${r - 1} ${r - 1}M${r - 1} ${-r + 1}L${-r + 1} ${r - 1}"
    />`,
  };
  return markup`<svg x="${x}" y="${y}" overflow="visible">${shapes[kind]}</svg>`;
}

function stretchMarks(stretches: readonly CoverageStretch[], y: number, scale: TimeScale): Markup[] {
  return visible(stretches, scale).map(({ from, to, fill, said }) => {
    const least = fill === "proven" ? 0 : 0.0015;
    const width = Math.max(to - from, least);
    return markup`<rect
      class="${fill}"
      x="${scale.percent(Math.min(from, 1 - width))}"
      y="${y}"
      width="${scale.percent(width)}"
      height="${bandHeight}"
      ><title>${said}</title></rect
    >`;
  });
}

interface Visible {
  readonly from: number;
  readonly to: number;
  readonly fill: "proven" | `gap-${GapReason}`;
  readonly said: string;
}

/** Gaps too close to be told apart become one, so that a band never takes more marks than it has places. */
function visible(stretches: readonly CoverageStretch[], scale: TimeScale): Visible[] {
  const shown: Visible[] = [{ from: 0, to: 1, fill: "proven", said: "watched, proven" }];
  const proven = stretches.filter(({ state }) => state === "proven");
  if (proven.length === 0) shown.pop();
  else if (proven.length <= columns / 4) {
    shown.pop();
    for (const stretch of proven) {
      shown.push({
        from: scale.at(Date.parse(stretch.from)),
        to: scale.at(Date.parse(stretch.to)),
        fill: "proven",
        said: `${stretch.from} – ${stretch.to}: ${stretch.state === "proven" ? stretch.by.map((kind) => proofs[kind]).join(", ") : ""}`,
      });
    }
  }
  for (const stretch of stretches) {
    if (stretch.state !== "gap") continue;
    const [reason] = stretch.reasons;
    if (reason === undefined) continue;
    const gap: Visible = {
      from: scale.at(Date.parse(stretch.from)),
      to: scale.at(Date.parse(stretch.to)),
      fill: `gap-${reason}`,
      said: `${stretch.from} – ${stretch.to}: ${stretch.reasons.map((why) => reasons[why]).join(", ")}`,
    };
    const last = shown.at(-1);
    const near = last !== undefined && last.fill !== "proven" && gap.from - last.to < 1 / columns;
    // Of unlike gaps only those too short to be seen for themselves are drawn as the one before them.
    if (near && (last.fill === gap.fill || gap.to - gap.from < 1 / columns)) {
      const [said = ""] = last.said.split("; and more");
      shown[shown.length - 1] = {
        ...last,
        to: Math.max(last.to, gap.to),
        said: `${said}; and more close by`,
      };
    } else {
      shown.push(gap);
    }
  }
  return shown;
}

const steps = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400].map(
  (seconds) => seconds * 1000,
);
const dayMs = 86_400_000;

function ticks(scale: TimeScale, height: number): Markup[] {
  const { fromMs, toMs } = scale;
  const length = toMs - fromMs;
  const step = steps.find((candidate) => length / candidate <= 8) ?? Math.ceil(length / dayMs / 8) * dayMs;
  const marks: Markup[] = [];
  for (let ms = Math.ceil(fromMs / step) * step, index = 0; ms <= toMs; ms += step, index++) {
    const share = scale.at(ms);
    const anchor = share < 0.06 ? "start" : share > 0.94 ? "end" : "middle";
    const time = new Date(ms).toISOString();
    const clock = step < 60_000 ? time.slice(11, 19) : time.slice(11, 16);
    const x = scale.percent(share);
    marks.push(
      markup`<line class="tick" x1="${x}" x2="${x}" y1="28" y2="${height}" />
        <text class="tick-label${index % 2 === 1 ? " minor" : ""}" x="${x}" y="11" text-anchor="${anchor}"
          ><tspan class="year">${time.slice(0, 5)}</tspan>${time.slice(5, 10)}<tspan class="soft" x="${x}" dy="13">${clock}</tspan></text
        > `,
    );
  }
  return marks;
}

function patterns(): Markup {
  const pattern = (reason: GapReason, size: number, shape: Markup, turn = 0): Markup =>
    markup`<pattern
      id="p-${reason}"
      width="${size}"
      height="${size}"
      patternUnits="userSpaceOnUse"
      patternTransform="rotate(${turn})"
      ><rect class="ground-${reason}" width="${size}" height="${size}" />${shape}</pattern
    >`;
  return markup`<defs>
    ${pattern("uncovered", 8, markup`<rect class="ink-uncovered" width="4" height="8" />`, 45)}
    ${pattern("sequence", 6, markup`<rect class="ink-sequence" width="2" height="6" />`, -45)}
    ${pattern("heartbeat", 6, markup`<circle class="ink-heartbeat" cx="3" cy="3" r="1.6" />`)}
    ${pattern("digest", 7, markup`<path class="ink-digest" d="M0 0h7v1.6h-5.4v5.4h-1.6z" />`, 45)}
    ${pattern("rejected", 5, markup`<rect class="ink-rejected" width="2" height="5" />`)}
    ${pattern("asserted", 6, markup`<rect class="ink-asserted" width="6" height="2" />`)}
  </defs>`;
}
