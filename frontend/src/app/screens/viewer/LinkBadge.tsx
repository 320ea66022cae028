import { Link2, Unlink2 } from "lucide-preact";
import { type Key, t } from "../../i18n/viewer";
import type { LinkKind } from "./link";
import type { Reading } from "./reading";

const WORDS: Readonly<Record<LinkKind, Key>> = { position: "link.position", fraction: "link.fraction", hand: "link.hand" };

/** How a pane scrolls along with the one in hand; a touch lets go, and takes up again. */
export function LinkBadge({ reading }: { reading: Reading }) {
  const { linking } = reading.room;
  const followed = linking.relationOf(reading);
  if (followed === null) return null;
  const isOn = linking.isOn.value;
  const Icon = isOn ? Link2 : Unlink2;
  const word = !isOn ? t("link.off") : followed.isBeyond ? t("link.beyond") : t(WORDS[followed.kind]);
  return (
    <button type="button" class="link-badge" data-kind={isOn ? followed.kind : "off"} aria-pressed={isOn} aria-label={t("link.name", { how: word })} onClick={() => linking.toggle()}>
      <span class="link-word">
        <Icon size={14} aria-hidden="true" />
        <span>{word}</span>
      </span>
    </button>
  );
}
