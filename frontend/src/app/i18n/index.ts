import shell from "./shell.en.json";
import { translator } from "./translate";

export { locale } from "./translate";
export type Key = keyof typeof shell;

/** The words of everything but the viewer. */
export const t = translator<Key>(shell);
