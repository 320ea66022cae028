/** The windows that one touch or key gives. Pure. */

import { type GreyWindow, windowKey } from "../../../engine/index";
import type { DigestFormat, DigestSeries, Looks } from "../../../protocol/index";
import { type Key, t } from "../../i18n/viewer";

export interface Preset {
  readonly id: string;
  /** What people call it: no two of a picture are called alike. */
  readonly name: string;
  /** null: the window that each file brings. */
  readonly window: GreyWindow | null;
  /** The digit that gives it. */
  readonly key: string | null;
}

type Named = Pick<Preset, "id" | "name">;

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
  const own = { id: "own", name: windows[0]?.name || t("preset.own"), window: null };
  const isHounsfield = series.modality === "CT" && format.unit === "HU";
  const usual = isHounsfield
    ? CT.map(([id, window]) => ({ id, name: t(id), window }))
    : [];
  const named = othersOf(windows, usual).map((window, place) => ({
    id: `file${String(place)}`,
    name: window.name || t("preset.file"),
    window: { center: window.center, width: window.width, function: window.function },
  }));
  const found = [own, ...usual, ...named, ...tablesOf(windows, looks)];
  const names = namesOf(found, usual);
  return found.map((preset, place) => ({
    ...preset,
    name: names.get(preset.id) ?? preset.name,
    key: place < 10 ? String(place) : null,
  }));
}

/** By id. A window that a file calls as one of the usual ones is called, is told apart from it: its "Bone" may be another. */
function namesOf(presets: readonly Named[], usual: readonly Named[]): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { id, name } of [...usual, ...presets]) {
    if (names.has(id)) continue;
    let free = name;
    for (let number = 1; taken.has(folded(free)); number++) free = t(number === 1 ? "preset.ofFile" : "preset.ofFileNumber", { name, number });
    taken.add(folded(free));
    names.set(id, free);
  }
  return names;
}

const folded = (name: string): string => name.trim().toLowerCase();

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
    name: name || t("preset.table"),
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
