import type { ComponentChildren } from "preact";
import "./small.css";

/** A word in a frame; its tone is always said in the word too. */
export function Badge({ tone = "plain", children }: { tone?: "plain" | "exact" | "warning" | "danger"; children: ComponentChildren }) {
  return <span class={`badge badge-${tone}`}>{children}</span>;
}
