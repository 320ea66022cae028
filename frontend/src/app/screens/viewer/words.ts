/** Words for reasons that come as codes. Pure. */

import type { FrameTrouble } from "../../../engine/index";
import { type Key, t } from "../../i18n/viewer";
import { TROUBLE } from "./tiles";

const CANNOT_SHOW: Readonly<Record<string, Key>> = {
  video: "cannotShow.video",
  no_pixels: "cannotShow.noPixels",
};

/** Why nothing of a series can be shown; empty where something can. */
export function cannotShowText(code: string | null): string {
  return code === null ? "" : t(CANNOT_SHOW[code] ?? "cannotShow.other");
}

const TROUBLES: Readonly<Record<string, Key>> = {
  [TROUBLE.offline]: "trouble.offline",
  [TROUBLE.busy]: "trouble.busy",
  [TROUBLE.server]: "trouble.server",
  [TROUBLE.signedOut]: "trouble.signedOut",
};

/** The server's own words where it has some. */
export function troubleText({ reason, message }: Pick<FrameTrouble, "reason" | "message">): string {
  return message || t(TROUBLES[reason] ?? "trouble.server");
}
