import mjml2html from "mjml";

/** The frame of a message, compiled from MJML; what is said is put in afterwards. */
export type HtmlSkeleton = { readonly [direction in "ltr" | "rtl"]: string };

// No fact comes near MJML: these marks are replaced in its output by escaped text.
export const titleMark = "@@title@@";
export const localeMark = "@@locale@@";
export const blocksMark = "@@blocks@@";

function source(direction: "ltr" | "rtl"): string {
  const side = direction === "rtl" ? "right" : "left";
  return `
<mjml lang="${localeMark}" dir="${direction}">
  <mj-head>
    <mj-title>${titleMark}</mj-title>
    <mj-attributes>
      <mj-all font-family="-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif" />
      <mj-text align="${side}" color="#1a1a1a" font-size="16px" line-height="1.5" />
    </mj-attributes>
    <mj-style>
      h2 { font-size: 19px; line-height: 1.3; margin: 28px 0 8px; }
      p, ul { margin: 0 0 14px; }
      ul { padding: 0; padding-inline-start: 22px; }
      li { margin: 0 0 6px; overflow-wrap: anywhere; }
    </mj-style>
  </mj-head>
  <mj-body background-color="#ffffff" width="640px">
    <mj-section direction="${direction}">
      <mj-column direction="${direction}">
        <mj-text><div lang="${localeMark}" dir="${direction}">${blocksMark}</div></mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>`;
}

let compiled: Promise<HtmlSkeleton> | null = null;

/** Compiled once in a process. No font and no picture is fetched from anywhere. */
export function htmlSkeleton(): Promise<HtmlSkeleton> {
  return (compiled ??= compile());
}

async function compile(): Promise<HtmlSkeleton> {
  const [ltr, rtl] = await Promise.all([compileOne("ltr"), compileOne("rtl")]);
  return { ltr, rtl };
}

async function compileOne(direction: "ltr" | "rtl"): Promise<string> {
  const { html } = await mjml2html(source(direction), { validationLevel: "strict", fonts: {} });
  // MJML indents for people; every message carries these bytes.
  return html.replace(/^[ \t]+/gm, "").replace(/\n{2,}/g, "\n");
}
