import { Check, type LucideIcon } from "lucide-preact";
import { useEffect, useRef } from "preact/hooks";
import "./dialog.css";

export interface MenuItem {
  label: string;
  icon?: LucideIcon;
  /** Of an item that is a choice: whether it is the one that holds. */
  on?: boolean;
  perform: () => void;
}

interface Props {
  label: string;
  items: readonly MenuItem[];
  /** What it hangs from on a wide screen; on a phone it lies at the bottom, under the thumb. */
  anchor: Element | null;
  onClose: () => void;
}

const GAP_PX = 4;

export function Menu({ label, items, anchor, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opened = dialog.current;
    opened?.showModal();
    if (opened && anchor) hang(opened, anchor);
    return () => opened?.close();
  }, [anchor]);
  return (
    <dialog
      ref={dialog}
      class="menu"
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div role="menu" aria-label={label} onKeyDown={moveBetweenItems}>
        {items.map((item) => (
          <Item key={item.label} item={item} onClose={onClose} />
        ))}
      </div>
    </dialog>
  );
}

function Item({ item: { label, icon: Icon, on, perform }, onClose }: { item: MenuItem; onClose: () => void }) {
  const act = (): void => {
    onClose();
    perform();
  };
  const role = on === undefined ? { role: "menuitem" as const } : { role: "menuitemradio" as const, "aria-checked": on };
  return (
    <button type="button" class="menu-item" {...role} onClick={act}>
      {Icon && <Icon size={20} aria-hidden="true" />}
      <span>{label}</span>
      {on && <Check size={20} aria-hidden="true" />}
    </button>
  );
}

function moveBetweenItems(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[role^=menuitem]")];
  const here = items.findIndex((item) => item === document.activeElement);
  const places: Readonly<Record<string, number>> = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: -1 };
  const place = places[event.key];
  if (place === undefined) return;
  event.preventDefault();
  items.at(place % items.length)?.focus();
}

/** Below the anchor, or above it where there is more room; never over the edge of the screen. */
function hang(menu: HTMLElement, anchor: Element): void {
  const at = anchor.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + GAP_PX + height <= innerHeight;
  const left = Math.max(GAP_PX, Math.min(at.right - width, innerWidth - width - GAP_PX));
  menu.style.setProperty("--menu-left", `${left}px`);
  menu.style.setProperty("--menu-top", `${below ? at.bottom + GAP_PX : Math.max(GAP_PX, at.top - GAP_PX - height)}px`);
}
