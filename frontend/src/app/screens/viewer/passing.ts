/** A mouse that passes over a picture without a button. Pure. */

import type { Intent } from "../../../engine/index";

/** It does not take a pane in hand. */
export function isPassing({ kind }: Intent): boolean {
  return kind === "hover" || kind === "hoverEnd";
}

/** Under the magnifier it is the glass that moves. */
export function throughGlass(intent: Intent): Intent {
  if (intent.kind === "hover") return { kind: "magnify", x: intent.x, y: intent.y };
  return intent.kind === "hoverEnd" ? { kind: "magnifyEnd" } : intent;
}
