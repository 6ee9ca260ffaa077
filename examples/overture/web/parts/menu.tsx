import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { Icon } from "./icon.tsx";

/** A button that opens a short list of actions; Escape and a press elsewhere close it. */
export function Menu({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    const leave = (event: Event) => {
      if (event instanceof KeyboardEvent) {
        if (event.key !== "Escape") return;
        button.current?.focus();
      } else if (box.current?.contains(event.target instanceof Node ? event.target : null) === true) return;
      setOpen(false);
    };
    addEventListener("pointerdown", leave);
    addEventListener("keydown", leave);
    box.current?.querySelector<HTMLElement>(".menu-list button, .menu-list a")?.focus();
    return () => {
      removeEventListener("pointerdown", leave);
      removeEventListener("keydown", leave);
    };
  }, [open]);
  return (
    <div class="menu" ref={box}>
      <button
        ref={button}
        type="button"
        class="quiet"
        aria-label={label}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="more" />
      </button>
      {open && (
        <div class="menu-list" onClick={() => setOpen(false)}>
          {children}
        </div>
      )}
    </div>
  );
}
