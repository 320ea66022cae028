import "./panes.css";
import { useComputed } from "@preact/signals";
import { t } from "../../i18n/viewer";
import { carried } from "./carrying";
import { Picture } from "./Picture";
import type { Room } from "./room";
import { LostConnection } from "./Trouble";

/** The panes of the room: side by side, or one above the other where there is more height than width. */
export function Panes({ room }: { room: Room }) {
  const sheet = useComputed(() => (room.panel.value === null ? undefined : room.sheet.value));
  const shown = room.shown.value;
  const active = room.active.value;
  const target = useComputed(() => carried.value?.paneId ?? null).value;
  const isSingle = shown.length === 1;
  return (
    <div class="panes" data-sheet={sheet}>
      <div class="grid" data-count={shown.length} data-hung={room.hung.isOn ? "" : undefined}>
        {shown.map((reading, place) => (
          <Picture
            key={reading.id}
            reading={reading}
            name={isSingle ? t("picture.region") : t("picture.regionOf", { number: place + 1, total: shown.length })}
            isActive={isSingle ? null : reading === active}
            isTarget={reading.id === target}
          />
        ))}
      </div>
      <LostConnection />
    </div>
  );
}
