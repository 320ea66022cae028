import type { LucideIcon } from "lucide-preact";
import type { ButtonHTMLAttributes } from "preact";
import "./button.css";

type Native = Omit<ButtonHTMLAttributes, "class" | "icon">;

interface Props extends Native {
  /** The one thing to do next is `primary`; a screen has one of it. */
  look?: "primary" | "plain" | "quiet" | "danger";
  icon?: LucideIcon;
  /** Fills the line. */
  wide?: boolean;
  /** Something is under way: the button keeps its size and takes no second press. */
  busy?: boolean;
}

export function Button({ look = "plain", icon: Icon, wide = false, busy = false, children, ...native }: Props) {
  const names = ["button", `button-${look}`, wide && "button-wide", busy && "button-busy"];
  return (
    <button type="button" {...native} class={names.filter(Boolean).join(" ")} aria-busy={busy} disabled={busy || (native.disabled ?? false)}>
      {Icon && <Icon size={20} aria-hidden="true" />}
      {children !== undefined && <span>{children}</span>}
    </button>
  );
}

interface IconProps extends Native {
  icon: LucideIcon;
  /** Heard by a screen reader and shown as a tooltip. */
  label: string;
  /** For a button that stays in: whether it is. */
  pressed?: boolean;
}

export function IconButton({ icon: Icon, label, pressed, ...native }: IconProps) {
  return (
    <button type="button" {...native} class="icon-button" aria-label={label} title={label} {...(pressed !== undefined && { "aria-pressed": pressed })}>
      <Icon size={22} aria-hidden="true" />
    </button>
  );
}
