import { useComputed } from "@preact/signals";
import { Ellipsis, Film, Images, LayoutGrid, type LucideIcon, RotateCw, SunMedium } from "lucide-preact";
import { type Key, t } from "../../i18n/viewer";
import { type Command, commandNamed } from "./commands";
import type { Reading } from "./reading";
import type { Panel } from "./room";

interface PanelOf {
  readonly panel: Panel;
  readonly labelKey: Key;
  readonly icon: LucideIcon;
}

const PANELS: readonly PanelOf[] = [
  { panel: "series", labelKey: "bar.series", icon: Images },
  { panel: "window", labelKey: "bar.window", icon: SunMedium },
  { panel: "turn", labelKey: "bar.turn", icon: RotateCw },
  { panel: "cine", labelKey: "bar.cine", icon: Film },
  { panel: "more", labelKey: "bar.more", icon: Ellipsis },
];

/** Of five, under the thumb. */
export function BottomBar({ reading }: { reading: Reading }) {
  const touched = useComputed(() => (reading.room.isTouched.value ? "" : null));
  return (
    <nav class="bottom-bar" aria-label={t("bar.tools")} data-faded={touched}>
      {PANELS.map((one) => (
        <PanelButton key={one.panel} reading={reading} {...one} />
      ))}
    </nav>
  );
}

/** Of several pictures at once there is room for on a tablet and a desk. */
const LAYOUT: PanelOf = { panel: "layout", labelKey: "bar.layout", icon: LayoutGrid };
const AT_HAND = ["invert", "fit", "reset"] as const;

/** Beside the picture: the panels, and what is used most without one. The series have their own place there. */
export function Tools({ reading }: { reading: Reading }) {
  return (
    <nav class="tools" aria-label={t("bar.tools")}>
      {PANELS.filter(({ panel }) => panel !== "series").map((one) => (
        <PanelButton key={one.panel} reading={reading} {...one} />
      ))}
      <PanelButton reading={reading} {...LAYOUT} />
      {reading.room.comparing.priors.value.length > 0 && <CommandButton command={commandNamed(reading, "compare")} />}
      <hr />
      {AT_HAND.map((name) => (
        <CommandButton key={name} command={commandNamed(reading, name)} />
      ))}
    </nav>
  );
}

function PanelButton({ reading, panel, labelKey, icon: Icon }: PanelOf & { reading: Reading }) {
  const isOpen = reading.panel.value === panel;
  return (
    <button type="button" class="tool" aria-expanded={isOpen} disabled={!isUsable(reading, panel)} onClick={() => reading.togglePanel(panel)}>
      <Icon size={22} aria-hidden="true" />
      <span>{t(labelKey)}</span>
    </button>
  );
}

function isUsable(reading: Reading, panel: Panel): boolean {
  if (panel === "cine") return (reading.item.value?.slices.length ?? 0) > 1;
  return panel === "window" ? reading.isGrey.value : true;
}

export function CommandButton({ command: { icon: Icon, label, keys, isOn, isUsable: can, perform } }: { command: Command }) {
  const [key] = keys;
  return (
    <button
      type="button"
      class="tool"
      title={key === undefined ? label : `${label} (${key.toUpperCase()})`}
      disabled={!can()}
      {...(isOn !== undefined && { "aria-pressed": isOn() })}
      onClick={perform}
    >
      <Icon size={22} aria-hidden="true" />
      <span>{label}</span>
    </button>
  );
}
