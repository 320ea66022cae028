import viewer from "./viewer.en.json";
import { translator } from "./translate";

export { locale } from "./translate";
export type Key = keyof typeof viewer;

/** The words of the viewer: they come with its code, not with the shell. */
export const t = translator<Key>(viewer);
