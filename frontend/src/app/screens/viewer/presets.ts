/** The windows that one touch or key gives. Pure. */

import { type GreyWindow, windowKey } from "../../../engine/index";
import type { DigestFormat, DigestSeries, Looks } from "../../../protocol/index";
import type { Key } from "../../i18n/viewer";

export interface Preset {
  /** Names it among the others. */
  readonly id: string;
  /** The file's own name for it; else `labelKey` names it. */
  readonly name: string | null;
  readonly labelKey: Key;
  /** null: the window that each file brings. */
  readonly window: GreyWindow | null;
  /** The digit that gives it. */
  readonly key: string | null;
}

const linear = (center: number, width: number): GreyWindow => ({ center, width, function: "LINEAR" });

/** In Hounsfield units; in the order of the keys 1 to 5. */
const CT: readonly (readonly [Key, GreyWindow])[] = [
  ["preset.lung", linear(-600, 1500)],
  ["preset.bone", linear(300, 1500)],
  ["preset.brain", linear(40, 80)],
  ["preset.abdomen", linear(40, 400)],
  ["preset.mediastinum", linear(50, 350)],
];

/** 0 is the file's own; then those of its kind, then what else the file brings. `looks` knows more of it than the digest. */
export function presetsOf(series: Pick<DigestSeries, "modality">, format: DigestFormat, looks: Looks | null = null): Preset[] {
  if (format.colour) return [];
  const windows = looks?.windows ?? format.windows;
  const own = { id: "own", name: windows[0]?.name || null, labelKey: "preset.own", window: null } as const;
  const isHounsfield = series.modality === "CT" && format.unit === "HU";
  const usual = isHounsfield
    ? CT.map(([labelKey, window]) => ({ id: labelKey, name: null, labelKey, window }))
    : [];
  const named = othersOf(windows, usual).map((window, place) => ({
    id: `file${String(place)}`,
    name: window.name || null,
    labelKey: "preset.file" as const,
    window: { center: window.center, width: window.width, function: window.function },
  }));
  return [own, ...usual, ...named, ...tablesOf(windows, looks)].map((preset, place) => ({
    ...preset,
    key: place < 10 ? String(place) : null,
  }));
}

/** The file's windows beside its first and the usual ones. Some files bring the same one twice. */
function othersOf(windows: DigestFormat["windows"], usual: readonly { window: GreyWindow }[]): DigestFormat["windows"] {
  return windows
    .filter((window, place) => windows.findIndex((other) => isSameWindow(window, other)) === place)
    .slice(1)
    .filter((window) => !usual.some((one) => isSameWindow(window, one.window)));
}

/** The file's VOI LUTs (PS3.3 C.11.2.1.1); without a window its first one is how it is shown anyhow. */
function tablesOf(windows: DigestFormat["windows"], looks: Looks | null): Omit<Preset, "key">[] {
  const tables = (looks?.voiLuts ?? []).map(({ name, first, last }, place) => ({
    id: `lut${String(place + 1)}`,
    name: name || null,
    labelKey: "preset.table" as const,
    window: { center: (first + last + 1) / 2, width: Math.max(1, last - first + 1), function: "LINEAR" as const, lut: place + 1 },
  }));
  return windows.length === 0 ? tables.slice(1) : tables;
}

export function isSameWindow(one: GreyWindow | null, other: GreyWindow | null): boolean {
  if (one === null || other === null) return one === other;
  return windowKey(one) === windowKey(other);
}

/** The window with one of its two figures typed anew; null where what was typed is none (PS3.3 C.11.2.1.2.1). */
export function typedWindow({ center, width, function: kind }: GreyWindow, which: "width" | "center", typed: number): GreyWindow | null {
  const next = { center, width, function: kind, [which]: typed };
  const isApplicable = kind === "LINEAR" ? next.width >= 1 : next.width > 0;
  return Number.isFinite(typed) && isApplicable ? next : null;
}
