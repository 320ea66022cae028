import { signal } from "@preact/signals";
import { X } from "lucide-preact";
import { t } from "../i18n/index";
import { Button, IconButton } from "./Button";
import "./toast.css";

interface Message {
  text: string;
  /** What can still be done about it, such as undoing it. */
  action?: { label: string; perform: () => void };
  tone?: "plain" | "danger";
  /** How long it stays; null: until it is answered. */
  forMs?: number | null;
}

const SHOWN_MS = 6_000;
const MOST_AT_ONCE = 3;

let last = 0;
const shown = signal<readonly (Message & { id: number })[]>([]);

/** Say something in passing. Gives the way to take it back. */
export function toast(message: Message): () => void {
  const id = ++last;
  const dismiss = (): void => void (shown.value = shown.value.filter((each) => each.id !== id));
  shown.value = [...shown.value.slice(1 - MOST_AT_ONCE), { ...message, id }];
  const forMs = message.forMs === undefined ? SHOWN_MS : message.forMs;
  if (forMs !== null) setTimeout(dismiss, forMs);
  return dismiss;
}

/** Take every message back: nothing of one person stays for the next. */
export function clearToasts(): void {
  shown.value = [];
}

/** The place where they appear: once, at the end of the app. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite" aria-label={t("toast.region")}>
      {shown.value.map((message) => (
        <div key={message.id} class={`toast toast-${message.tone ?? "plain"}`}>
          <p>{message.text}</p>
          <ToastButtons message={message} dismiss={() => void (shown.value = shown.value.filter((each) => each !== message))} />
        </div>
      ))}
    </div>
  );
}

function ToastButtons({ message, dismiss }: { message: Message; dismiss: () => void }) {
  const { action } = message;
  const act = (): void => {
    dismiss();
    action?.perform();
  };
  return (
    <>
      {action && (
        <Button look="quiet" onClick={act}>
          {action.label}
        </Button>
      )}
      <IconButton icon={X} label={t("common.close")} onClick={dismiss} />
    </>
  );
}
