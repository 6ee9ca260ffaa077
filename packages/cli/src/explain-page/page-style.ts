/** The page's only style sheet. Colours carry no meaning alone: shapes, patterns and words say the same. */
export const pageStyle = `
:root { color-scheme: light dark;
  --paper: #f6f7f9; --card: #ffffff; --ink: #16202b; --soft: #566474; --line: #d9dfe6; --frame: #aab5c0;
  --accent: #1f4e79; --good: #12715b; --good-wash: #e2f3ee; --bad: #b02a37; --bad-wash: #fbe9ea; --open: #8a5a00; --open-wash: #fdf1d8;
  --proven: #5fb8a0; --tick: #e3e8ed; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #10161d; --card: #18212b; --ink: #e6ebf0; --soft: #9dabb9; --line: #2b3845; --frame: #4a5a69;
  --accent: #8fc1ee; --good: #6fd3b7; --good-wash: #14332c; --bad: #ff8f98; --bad-wash: #3b1b21; --open: #f0c060; --open-wash: #392c10;
  --proven: #2f7f6c; --tick: #25303b; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: clamp(1.5rem, 1.1rem + 2vw, 2.25rem); line-height: 1.2; margin: 4px 0 12px; letter-spacing: -0.015em; text-wrap: balance; }
h2 { font-size: 1.2rem; margin: 0 0 4px; letter-spacing: -0.005em; }
h3 { font-size: 0.95rem; margin: 20px 0 6px; }
p { margin: 6px 0; max-width: 75ch; }
.kicker { margin: 0; color: var(--accent); font-weight: 650; font-size: 0.85rem; letter-spacing: 0.04em; }
.soft { color: var(--soft); fill: var(--soft); font-weight: 400; }
code, .id { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.86em; overflow-wrap: anywhere; unicode-bidi: isolate; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 22px 24px; margin-top: 18px; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); gap: 12px; margin: 20px 0 0; padding: 0; }
.fact { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 14px 16px; }
.fact dt { color: var(--soft); font-size: 0.85rem; }
.fact dd { margin: 2px 0 0; font-size: 1.5rem; font-weight: 650; letter-spacing: -0.01em; font-variant-numeric: tabular-nums; line-height: 1.25; }
.fact dd + dd { font-size: 0.85rem; font-weight: 400; color: var(--soft); letter-spacing: 0; line-height: 1.4; }
.asked { color: var(--soft); font-size: 0.92rem; max-width: none; }
.groups { display: grid; grid-template-columns: repeat(auto-fit, minmax(240px, 1fr)); gap: 12px; margin-top: 14px; }
.group { border-radius: 8px; padding: 12px 14px; }
.group h3 { margin: 0 0 6px; }
.group ul { margin: 0; padding: 0; list-style: none; }
.group li { margin: 3px 0; }
.accessed { background: var(--bad-wash); } .accessed h3 { color: var(--bad); }
.not-accessed { background: var(--good-wash); } .not-accessed h3 { color: var(--good); }
.unknown { background: var(--open-wash); } .unknown h3 { color: var(--open); }
.scroll { overflow-x: auto; margin: 10px -24px 0; padding: 0 24px; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
caption { text-align: left; color: var(--soft); padding: 0 0 6px; }
th, td { text-align: left; vertical-align: top; padding: 7px 14px 7px 0; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-weight: 550; white-space: nowrap; }
tbody th { font-weight: 550; } tbody th code { overflow-wrap: normal; }
td, tbody th { min-width: 5.5rem; } td:has(> .places) { min-width: 16rem; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
tr.sum th, tr.sum td { border-top: 2px solid var(--frame); font-weight: 650; }
ul.places { margin: 0; padding: 0; list-style: none; }
details { margin-top: 14px; }
summary { cursor: pointer; color: var(--accent); font-weight: 550; }
summary:focus-visible, a:focus-visible, .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
td details { margin: 2px 0 0; }
a { color: var(--accent); }
.hints { list-style: none; margin: 12px 0 0; padding: 0; }
.hint { border-top: 1px solid var(--line); padding: 14px 0 14px 3.2rem; position: relative; }
.hint > .id { position: absolute; left: 0; top: 16px; color: var(--soft); }
.hint > p:first-of-type { font-weight: 550; margin-top: 0; }
.hint:target { background: var(--open-wash); }
.effect { display: inline-block; border: 1px solid var(--line); border-radius: 6px; padding: 1px 8px; font-size: 0.88rem; }
.effect.narrows { border-color: var(--good); color: var(--good); font-weight: 550; }
.assumptions dt { font-weight: 600; margin-top: 10px; } .assumptions dd { margin: 0; max-width: 75ch; }
.warning { background: var(--open-wash); color: var(--ink); border-radius: 8px; padding: 10px 14px; max-width: none; }
.digests { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 18px; margin: 10px 0 0; } .digests dd { margin: 0; } .digests dt { color: var(--soft); }
.timeline { display: block; margin-top: 16px; overflow: visible; font-size: 12px; }
.timeline text { fill: var(--ink); } .timeline .soft { fill: var(--soft); }
.band-label { font-size: 13px; font-weight: 550; }
.tick { stroke: var(--tick); } .lane { stroke: var(--line); stroke-dasharray: 2 4; }
.frame { fill: none; stroke: var(--frame); }
.proven { fill: var(--proven); }
.mark { stroke-width: 0.8; stroke: var(--card); }
.mark-succeeded { fill: var(--bad); } .mark-possible { fill: var(--card); stroke: var(--bad); stroke-width: 2; }
.mark-unclassified { fill: var(--open); } .mark-refused { fill: none; stroke: var(--soft); stroke-width: 2.2; }
.gap-uncovered { fill: url(#p-uncovered); stroke: #b02a37; } .ground-uncovered { fill: #f4c7cb; } .ink-uncovered { fill: #b02a37; }
.gap-sequence { fill: url(#p-sequence); stroke: #9c3d00; } .ground-sequence { fill: #ffd9b8; } .ink-sequence { fill: #c24e00; }
.gap-heartbeat { fill: url(#p-heartbeat); stroke: #7a2f8f; } .ground-heartbeat { fill: #ecd3f3; } .ink-heartbeat { fill: #7a2f8f; }
.gap-digest { fill: url(#p-digest); stroke: #234f9e; } .ground-digest { fill: #cfdcf6; } .ink-digest { fill: #234f9e; }
.gap-rejected { fill: url(#p-rejected); stroke: #3d4650; } .ground-rejected { fill: #dde2e7; } .ink-rejected { fill: #3d4650; }
.gap-asserted { fill: url(#p-asserted); stroke: #8a6a00; } .ground-asserted { fill: #fff0b8; } .ink-asserted { fill: #b88e00; }
.legend { list-style: none; padding: 0; margin: 14px 0 0; display: flex; flex-wrap: wrap; gap: 6px 20px; font-size: 0.86rem; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: 7px; }
.legend svg { flex: none; overflow: visible; }
footer { margin-top: 24px; color: var(--soft); font-size: 0.85rem; }
@media (max-width: 640px) {
  main { padding: 20px 12px 40px; } section { padding: 16px 14px; } .scroll { margin: 10px -14px 0; padding: 0 14px; }
  .facts { grid-template-columns: 1fr 1fr; gap: 8px; } .fact { padding: 10px 12px; } .fact dd { font-size: 1.2rem; }
  .tick-label.minor, .year { display: none; } .hint { padding-left: 0; } .hint > .id { position: static; display: block; }
  .digests { grid-template-columns: minmax(0, 1fr); } .digests dd { margin-bottom: 8px; }
}
@media print { body { background: #fff; } section, .fact { break-inside: avoid; } }
`;
