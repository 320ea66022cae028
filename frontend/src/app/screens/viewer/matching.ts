import type { Command } from "./commands";

/** The commands whose labels hold every word that was typed. */
export function matching(commands: readonly Command[], sought: string): Command[] {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  return commands.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
}
