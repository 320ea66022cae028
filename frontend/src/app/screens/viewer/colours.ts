/** The colours in which uptake is read: the well-known palettes of PS3.6 annex B. Pure. */

import { COLOUR_MAPS, type ColourMap } from "../../../engine/index";
import type { DigestFormat, DigestSeries } from "../../../protocol/index";
import type { Key } from "../../i18n/viewer";

export const COLOURS: readonly { readonly map: ColourMap; readonly labelKey: Key }[] = COLOUR_MAPS.map((map) => ({
  map,
  labelKey: `colours.${map}` as const,
}));

const MODALITIES: ReadonlySet<string> = new Set(["PT", "NM"]);

/** Whether its greys may be shown in colours. */
export function hasColours(series: Pick<DigestSeries, "modality"> | undefined, format: Pick<DigestFormat, "colour"> | undefined): boolean {
  return MODALITIES.has(series?.modality ?? "") && format?.colour === false;
}

export function nextColours(map: ColourMap): ColourMap {
  return COLOUR_MAPS[(COLOUR_MAPS.indexOf(map) + 1) % COLOUR_MAPS.length] ?? "grey";
}
