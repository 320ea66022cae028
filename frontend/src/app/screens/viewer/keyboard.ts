/** Listens to the keyboard while a study is read. */

import { commandForKey } from "./commands";
import { isTakenBy, keyName } from "./keys";
import type { Room } from "./room";

/** Performs commands by their keys until the returned function is called. */
export function listenToKeys(room: Room): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  // The space bar plays when it is let go, unless something was dragged meanwhile: held, it moves the picture.
  let isSpaceAlone = false;
  const perform = (event: KeyboardEvent, name: string): void => {
    const command = commandForKey(room.active.peek(), name);
    if (command === undefined) return;
    event.preventDefault();
    command.perform();
  };
  const nameFor = (event: KeyboardEvent): string | null => {
    const name = event.defaultPrevented ? null : keyName(event);
    return name === null || isTakenBy(event.target, name) ? null : name;
  };
  const onDown = (event: KeyboardEvent): void => {
    const name = nameFor(event);
    if (name === "Space") {
      event.preventDefault();
      if (!event.repeat) isSpaceAlone = true;
    } else if (name === "Escape") {
      room.panel.value = null;
    } else if (name !== null) {
      perform(event, name);
    }
  };
  const onUp = (event: KeyboardEvent): void => {
    if (nameFor(event) === "Space" && isSpaceAlone) perform(event, "Space");
    isSpaceAlone = false;
  };
  addEventListener("keydown", onDown, { signal });
  addEventListener("keyup", onUp, { signal });
  addEventListener("pointerdown", () => (isSpaceAlone = false), { signal, capture: true });
  return () => {
    listening.abort();
  };
}
