import { Check } from "lucide-preact";
import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import "./small.css";

interface Props extends Omit<ButtonHTMLAttributes, "class"> {
  /** Whether the filter holds. */
  on: boolean;
  children: ComponentChildren;
}

/** A filter that is pressed on and off; a tick says so beside the colour. */
export function Chip({ on, children, ...native }: Props) {
  return (
    <button type="button" {...native} class="chip" aria-pressed={on}>
      {on && <Check size={16} aria-hidden="true" />}
      {children}
    </button>
  );
}
