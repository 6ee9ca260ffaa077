/** No picture, no font, nothing from elsewhere; colours with a contrast of at least 7 to 1, light and dark. */
export const advisoryStyle = `:root { color-scheme: light dark; --text: #1a1a1a; --page: #ffffff; --line: #767676; --link: #003d99; }
@media (prefers-color-scheme: dark) {
  :root { --text: #f2f2f2; --page: #121212; --line: #a6a6a6; --link: #a8c7ff; }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 1.0625rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Helvetica, Arial, sans-serif;
}
header, main, footer { max-width: 44rem; margin: 0 auto; padding: 0 1.25rem; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 1.5rem 0 0.25rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.25rem 0 0.5rem; }
p, ul { margin: 0 0 0.875rem; }
ul { padding: 0; padding-inline-start: 1.375rem; }
li { margin: 0 0 0.375rem; overflow-wrap: anywhere; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; inset-inline-start: -100vw; }
.skip:focus { position: static; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; }
nav li { margin: 0; }
nav a { display: inline-block; padding: 0.25rem 0; }
details { border: 1px solid var(--line); border-radius: 0.5rem; margin: 0 0 0.5rem; padding: 0 1rem; }
summary { cursor: pointer; font-weight: 600; margin: 0 -1rem; padding: 0.75rem 1rem; }
footer { border-top: 1px solid var(--line); margin-top: 2.5rem; padding-top: 1rem; padding-bottom: 2rem; }
`;
