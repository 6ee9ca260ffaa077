import { useState } from "preact/hooks";

import { Mark } from "./icon.tsx";

/** A sleeve; without a picture one is printed from the name. Always beside the name, so it says nothing itself. */
export function Cover({
  url,
  name,
  eager = false,
}: {
  readonly url: string | null;
  readonly name: string;
  readonly eager?: boolean;
}) {
  const [broken, setBroken] = useState(false);
  if (url === null || broken) {
    const shade = Array.from(name).reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 5, 7);
    return (
      <span class={`cover cover-printed shade-${shade}`} aria-hidden="true">
        <Mark />
      </span>
    );
  }
  return (
    <img
      class="cover"
      src={url}
      alt=""
      loading={eager ? "eager" : "lazy"}
      decoding="async"
      onError={() => setBroken(true)}
    />
  );
}
