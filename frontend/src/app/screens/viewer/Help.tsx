import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Dialog } from "../../components/index";
import { t } from "../../i18n/viewer";
import { type Command, commandsOf } from "./commands";
import { matching } from "./matching";
import type { Reading } from "./reading";

/** Every command with its key, to be searched and performed: the list of keys and the palette are one. */
export function Help({ reading }: { reading: Reading }) {
  const sought = useSignal("");
  const field = useRef<HTMLInputElement>(null);
  const close = (): void => void (reading.room.isHelpShown.value = false);
  useEffect(() => field.current?.focus(), []);
  const found = matching(commandsOf(reading), sought.value);
  const perform = (command: Command | undefined): void => {
    if (command === undefined || !command.isUsable()) return;
    close();
    command.perform();
  };
  return (
    <Dialog title={t("help.title")} onClose={close}>
      <form
        class="palette"
        onSubmit={(event) => {
          event.preventDefault();
          perform(found.find((command) => command.isUsable()));
        }}
      >
        <input
          ref={field}
          type="search"
          aria-label={t("help.search")}
          placeholder={t("help.search")}
          value={sought}
          onInput={(event) => (sought.value = event.currentTarget.value)}
        />
        <ul>
          {found.map((command) => (
            <li key={command.name}>
              <button type="button" disabled={!command.isUsable()} onClick={() => perform(command)}>
                <command.icon size={20} aria-hidden="true" />
                <span>{command.label}</span>
                {command.keys.map((key) => (
                  <kbd key={key}>{keyLabel(key)}</kbd>
                ))}
              </button>
            </li>
          ))}
        </ul>
        {found.length === 0 && <p>{t("help.nothing")}</p>}
        <p class="hint">{t("help.gestures")}</p>
      </form>
    </Dialog>
  );
}

const SYMBOLS: Readonly<Record<string, string>> = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" };

function keyLabel(key: string): string {
  return SYMBOLS[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}
