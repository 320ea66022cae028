import { Grid2X2, type LucideIcon, Columns2, Square } from "lucide-preact";
import { type Key, t } from "../../i18n/viewer";
import { CommandButton } from "./Bars";
import { commandNamed } from "./commands";
import type { Reading } from "./reading";
import type { Layout } from "./room";

const SHAPES: Readonly<Record<Layout, { readonly labelKey: Key; readonly icon: LucideIcon }>> = {
  1: { labelKey: "layout.one", icon: Square },
  2: { labelKey: "layout.two", icon: Columns2 },
  4: { labelKey: "layout.four", icon: Grid2X2 },
};

const TOGETHER = ["link", "linkLook"] as const;

/** How many pictures are on screen. */
export function LayoutPanel({ reading }: { reading: Reading }) {
  const { room } = reading;
  return (
    <>
      <div class="commands" role="group" aria-label={t("layout.shape")}>
      {room.layouts.value.map((count) => {
        const { labelKey, icon: Icon } = SHAPES[count];
        return (
          <button key={count} type="button" class="tool" aria-pressed={room.layout.value === count} onClick={() => room.setLayout(count)}>
            <Icon size={22} aria-hidden="true" />
            <span>{t(labelKey)}</span>
          </button>
        );
      })}
      </div>
      <div class="commands commands-wide" role="group" aria-label={t("layout.together")}>
        {TOGETHER.map((name) => (
          <CommandButton key={name} command={commandNamed(reading, name)} />
        ))}
      </div>
    </>
  );
}
