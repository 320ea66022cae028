/** Everything that can be done with the picture, registered once: the keyboard, the panels and the palette all use these. */

import {
  ArrowDown,
  ArrowDownToLine,
  ArrowLeft,
  ArrowLeftRight,
  ArrowRight,
  ArrowUp,
  ArrowUpToLine,
  ChevronDown,
  ChevronsDown,
  ChevronsUp,
  ChevronUp,
  CircleQuestionMark,
  Contrast,
  Crosshair,
  EyeOff,
  GitCompareArrows,
  FastForward,
  SquareCenterlineDashedHorizontal,
  SquareCenterlineDashedVertical,
  Images,
  LayoutGrid,
  Link2,
  type LucideIcon,
  Maximize,
  Palette,
  PackageOpen,
  PanelLeft,
  Play,
  Rewind,
  RotateCcw,
  RotateCw,
  Scan,
  ScanSearch,
  Share2,
  Search,
  SlidersHorizontal,
  SquareSplitHorizontal,
  SunMedium,
  Undo2,
  WandSparkles,
  ZoomIn,
  ZoomOut,
} from "lucide-preact";
import { type Key, t } from "../../i18n/viewer";
import { navigate } from "../../router";
import { person } from "../../state/session";
import { nextColours } from "./colours";
import { isMouse } from "./layout";
import type { Reading } from "./reading";

export interface Command {
  readonly name: string;
  readonly label: string;
  readonly icon: LucideIcon;
  /** As keyName() of keys.ts writes them; the first is the one that is shown. */
  readonly keys: readonly string[];
  /** Of something that is on or off: whether it is on. */
  readonly isOn?: () => boolean;
  readonly isUsable: () => boolean;
  readonly perform: () => void;
}

type Row = readonly [
  name: string,
  labelKey: Key,
  icon: LucideIcon,
  keys: readonly string[],
  perform: (reading: Reading) => void,
  more?: { readonly isOn?: (reading: Reading) => boolean; readonly isUsable?: (reading: Reading) => boolean },
];

/** A page of a stack. */
const PAGE = 10;
const ZOOM_STEP = 1.4;

/** Rates of a cine are told as whole numbers, so a step is one at least. */
const faster = (rateHz: number): number => Math.max(Math.round(rateHz) + 1, Math.round(rateHz * 1.25));
const slower = (rateHz: number): number => Math.min(Math.round(rateHz) - 1, Math.round(rateHz / 1.25));

const hasStack = ({ item }: Reading): boolean => (item.value?.slices.length ?? 0) > 1;
const hasSeries = ({ items }: Reading): boolean => items.length > 1;
const hasPanes = ({ room }: Reading): boolean => room.shown.value.length > 1;
const hasGreys = ({ isGrey }: Reading): boolean => isGrey.value;
const hasPicture = (reading: Reading): boolean => reading.hasPicture.value;

const ROWS: readonly Row[] = [
  ["previous", "command.previous", ChevronUp, ["ArrowUp"], (reading) => reading.step(-1), { isUsable: hasStack }],
  ["next", "command.next", ChevronDown, ["ArrowDown"], (reading) => reading.step(1), { isUsable: hasStack }],
  ["pageBack", "command.pageBack", ChevronsUp, ["PageUp"], (reading) => reading.step(-PAGE), { isUsable: hasStack }],
  ["pageOn", "command.pageOn", ChevronsDown, ["PageDown"], (reading) => reading.step(PAGE), { isUsable: hasStack }],
  ["first", "command.first", ArrowUpToLine, ["Home"], (reading) => reading.goTo(0), { isUsable: hasStack }],
  ["last", "command.last", ArrowDownToLine, ["End"], (reading) => reading.goTo(Infinity), { isUsable: hasStack }],
  ["previousSeries", "command.previousSeries", Images, ["ArrowLeft"], ({ room }) => room.stepSeries(-1), { isUsable: hasSeries }],
  ["nextSeries", "command.nextSeries", Images, ["ArrowRight"], ({ room }) => room.stepSeries(1), { isUsable: hasSeries }],
  [
    "cine",
    "command.cine",
    Play,
    ["Space"],
    (reading) => reading.cine.toggle(),
    { isOn: ({ cine }) => cine.isPlaying.value, isUsable: hasStack },
  ],
  ["slower", "command.slower", Rewind, ["["], (reading) => reading.cine.setRate(slower(reading.cine.rateHz.value)), { isUsable: hasStack }],
  ["faster", "command.faster", FastForward, ["]"], (reading) => reading.cine.setRate(faster(reading.cine.rateHz.value)), { isUsable: hasStack }],
  [
    "bounce",
    "command.bounce",
    ArrowLeftRight,
    ["b"],
    (reading) => reading.cine.setBounces(!reading.cine.bounces.value),
    { isOn: ({ cine }) => cine.bounces.value, isUsable: hasStack },
  ],
  [
    "invert",
    "command.invert",
    Contrast,
    ["i"],
    (reading) => reading.invert(),
    { isOn: ({ inverted }) => inverted.value, isUsable: hasPicture },
  ],
  ["colours", "command.colours", Palette, ["e"], (reading) => reading.setColours(nextColours(reading.colours.value)), { isUsable: ({ hasColours }) => hasColours.value }],
  ["turnRight", "command.turnRight", RotateCw, ["."], (reading) => reading.turnBy(1), { isUsable: hasPicture }],
  ["turnLeft", "command.turnLeft", RotateCcw, [","], (reading) => reading.turnBy(-1), { isUsable: hasPicture }],
  ["mirror", "command.mirror", SquareCenterlineDashedHorizontal, ["h"], (reading) => reading.mirror("horizontal"), { isUsable: hasPicture }],
  ["mirrorDown", "command.mirrorDown", SquareCenterlineDashedVertical, ["v"], (reading) => reading.mirror("vertical"), { isUsable: hasPicture }],
  ["fit", "command.fit", Maximize, ["f"], (reading) => reading.fitPicture(), { isUsable: hasPicture }],
  ["oneToOne", "command.oneToOne", Scan, ["o"], (reading) => reading.showOneToOne(), { isUsable: hasPicture }],
  ["zoomIn", "command.zoomIn", ZoomIn, ["+", "="], (reading) => reading.zoomBy(ZOOM_STEP), { isUsable: hasPicture }],
  ["zoomOut", "command.zoomOut", ZoomOut, ["-"], (reading) => reading.zoomBy(1 / ZOOM_STEP), { isUsable: hasPicture }],
  [
    "probe",
    "command.probe",
    Crosshair,
    ["p"],
    ({ probe, viewport }) => probe.toggle(viewport.value),
    { isOn: ({ probe }) => probe.isOn.value, isUsable: hasPicture },
  ],
  ["auto", "command.auto", WandSparkles, ["u"], (reading) => void reading.autoWindow(), { isUsable: hasGreys }],
  [
    "glass",
    "command.glass",
    Search,
    ["m"],
    (reading) => reading.toggleGlass(),
    { isOn: ({ isGlassOn }) => isGlassOn.value, isUsable: (reading) => hasPicture(reading) && isMouse.value },
  ],
  ["nudgeLeft", "command.nudgeLeft", ArrowLeft, ["Shift+ArrowLeft"], (reading) => reading.nudge(-1, 0), { isUsable: hasPicture }],
  ["nudgeRight", "command.nudgeRight", ArrowRight, ["Shift+ArrowRight"], (reading) => reading.nudge(1, 0), { isUsable: hasPicture }],
  ["nudgeUp", "command.nudgeUp", ArrowUp, ["Shift+ArrowUp"], (reading) => reading.nudge(0, -1), { isUsable: hasPicture }],
  ["nudgeDown", "command.nudgeDown", ArrowDown, ["Shift+ArrowDown"], (reading) => reading.nudge(0, 1), { isUsable: hasPicture }],
  ["reset", "command.reset", Undo2, ["r"], (reading) => reading.reset(), { isUsable: hasPicture }],
  [
    "hideNames",
    "command.hideNames",
    EyeOff,
    ["n"],
    ({ namesHidden }) => void (namesHidden.value = !namesHidden.value),
    { isOn: ({ namesHidden }) => namesHidden.value },
  ],
  [
    "series",
    "command.series",
    PanelLeft,
    ["s"],
    ({ room }) => room.toggleRail(),
    { isOn: ({ room }) => room.isRailShown.value },
  ],
  ["layout", "command.layout", LayoutGrid, ["g"], ({ room }) => room.nextLayout(), { isUsable: ({ room }) => room.layouts.value.length > 1 }],
  ["compare", "command.compare", GitCompareArrows, ["c"], ({ room }) => room.comparing.toggle(), { isOn: ({ room }) => room.comparing.isOn.value, isUsable: ({ room }) => room.comparing.priors.value.length > 0 }],
  ["link", "command.link", Link2, ["l"], ({ room }) => room.linking.toggle(), { isOn: ({ room }) => room.linking.isOn.value, isUsable: hasPanes }],
  ["linkLook", "command.linkLook", ScanSearch, ["k"], ({ room }) => room.linking.toggleLook(), { isOn: ({ room }) => room.linking.isLookOn.value, isUsable: hasPanes }],
  ["nextPane", "command.nextPane", SquareSplitHorizontal, ["a"], ({ room }) => room.nextPane(), { isUsable: hasPanes }],
  ["windows", "command.windows", SunMedium, ["w"], (reading) => reading.togglePanel("window"), { isUsable: hasGreys }],
  ["details", "command.details", SlidersHorizontal, ["d"], (reading) => reading.togglePanel("more")],
  ["share", "command.share", Share2, [], ({ room }) => void (room.isShareShown.value = true), { isUsable: () => person.value !== null }],
  ["export", "command.export", PackageOpen, [], (reading) => navigate(`/study/${reading.digest.study.uid}/export`), { isUsable: () => person.value !== null }],
  ["help", "command.help", CircleQuestionMark, ["?", "Ctrl+K"], ({ room: { isHelpShown } }) => void (isHelpShown.value = !isHelpShown.value)],
];

/** The windows are commands, too: which there are depends on the picture. */
function presetCommands(reading: Reading): Command[] {
  return reading.presets.value.map(({ id, name, window, key }) => ({
    name: `window:${id}`,
    label: t("command.preset", { name }),
    icon: SunMedium,
    keys: key === null ? [] : [key],
    isUsable: () => true,
    perform: () => reading.setWindow(window),
  }));
}

export function commandsOf(reading: Reading): Command[] {
  const fixed = ROWS.map(([name, labelKey, icon, keys, perform, more]): Command => {
    const isOn = more?.isOn;
    return {
      name,
      label: t(labelKey),
      icon,
      keys,
      ...(isOn !== undefined && { isOn: () => isOn(reading) }),
      isUsable: () => more?.isUsable?.(reading) ?? true,
      perform: () => {
        perform(reading);
      },
    };
  });
  return [...fixed, ...presetCommands(reading)];
}

export function commandNamed(reading: Reading, name: string): Command {
  const found = commandsOf(reading).find((command) => command.name === name);
  if (found === undefined) throw new Error(`There is no command ${name}.`);
  return found;
}

/** What this key does now, if it does anything. */
export function commandForKey(reading: Reading, key: string): Command | undefined {
  return commandsOf(reading).find((command) => command.keys.includes(key) && command.isUsable());
}
