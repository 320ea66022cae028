/** From a key on the keyboard to its name in the list of commands. Pure but for the element that had the focus. */

/** "ArrowDown", "Shift+ArrowDown", "r", "Space", "?", "Ctrl+K". Of a character shift is a part; arrows have another name with it. */
export function keyName(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string | null {
  if (event.altKey) return null;
  const key = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) return key === "k" ? "Ctrl+K" : null;
  return event.shiftKey && key.startsWith("Arrow") ? `Shift+${key}` : key;
}

/** Keys that a control uses for itself while it has the focus. */
const OF_CONTROLS = new Set(["Space", "Enter"]);

/** Whether the focused element wants this key for itself. */
export function isTakenBy(target: EventTarget | null, name: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest("dialog, input, textarea, select, [contenteditable]") !== null) return name !== "Ctrl+K";
  if (target.closest("[role=slider], [role=separator]") !== null && !OF_CONTROLS.has(name)) return name.length > 1;
  return target.closest("button, a, summary") !== null && OF_CONTROLS.has(name);
}
