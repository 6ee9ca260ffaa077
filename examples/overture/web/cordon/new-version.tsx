/** A picture of the player to come, so that people know what they get and recognise it when it is there. */
export function NewVersion({ version }: { readonly version: string | null }) {
  return (
    <svg
      class="new-version"
      viewBox="0 0 220 150"
      role="img"
      aria-label={`The new Overture${version === null ? "" : `, version ${version}`}: a sleeve, a record and a play button`}
    >
      <rect class="nv-phone" x="66" y="6" width="88" height="138" rx="12" />
      <rect class="nv-screen" x="72" y="14" width="76" height="122" rx="7" />
      <circle class="nv-disc" cx="122" cy="52" r="20" />
      <circle class="nv-hole" cx="122" cy="52" r="4" />
      <rect class="nv-sleeve" x="82" y="30" width="44" height="44" rx="2" />
      <path class="nv-arch" d="M92 66V54a12 12 0 0 1 24 0v12M98 66V54a6 6 0 0 1 12 0v12" />
      <rect class="nv-line" x="82" y="86" width="56" height="4" rx="2" />
      <rect class="nv-line is-thin" x="82" y="95" width="36" height="3" rx="1.5" />
      <circle class="nv-button" cx="110" cy="117" r="11" />
      <path class="nv-play" d="M107 111.5v11l8-5.5z" />
      <g class="nv-badge">
        <circle cx="160" cy="24" r="17" />
        <path d="M152 24l6 6 10-11" />
      </g>
      <path class="nv-ray" d="M20 40l22 8M14 76h24M22 112l20-9M200 60l-22 6M206 92h-24M198 122l-20-9" />
    </svg>
  );
}
