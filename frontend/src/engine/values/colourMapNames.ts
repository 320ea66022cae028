/** The colours in which greys can be shown: as greys, or through a well-known palette (PS3.6 annex B). */

export const COLOUR_MAPS = ["grey", "hotIron", "pet", "hotMetalBlue", "pet20Step"] as const;
export type ColourMap = (typeof COLOUR_MAPS)[number];
