/** Full frames for the panes of a room: brought by the server level by level, kept within one budget for them all. */

import { type ArrivedLevel, type Frame, LevelFailure, fetchFrames, sharedFrames } from "../../../engine/index";
import { fetchLevel } from "../../../protocol/index";
import { frameBudgetBytes } from "./layout";
import { failureOf } from "./tiles";

/** What streams them comes with the code that keeps them, behind the first picture. */
export const openFrames = sharedFrames(async () => {
  const { overSocket } = await import("./overSocket");
  return { load: loadLevel, streaming: overSocket, budgetBytes: frameBudgetBytes() };
});

/** Their code, before anybody asks for the first of them. */
export function fetchFramesSoon(): void {
  fetchFrames();
  import("./overSocket").catch(() => undefined); // opening them asks again, and hears
}

async function loadLevel({ instance, frame }: Frame, level: number, signal: AbortSignal): Promise<ArrivedLevel> {
  const answer = await fetchLevel({ instance, frame, level }, signal);
  if (answer.ok) return answer.value;
  throw new LevelFailure(failureOf(answer.failure));
}
