/** The viewing socket in this page: how far it may reach now, what it uses, and whether it stands. */

import { effect, signal } from "@preact/signals";
import { h } from "preact";
import type { MakeFrameSource } from "../../../engine/index";
import { ViewingSocket, pageWorld } from "../../../protocol/index";
import type { Reach } from "../../../protocol/stackSayings";
import { countUsed, savesData } from "../../state/dataSaver";
import { takeEarlyLevels } from "../../state/earlyLevels";
import { learnSession } from "../../state/session";
import { takeSocket } from "../../state/streamLink";
import { SavingData } from "./DataSaver";
import { saverBadge } from "./saverBadge";
import { streaming } from "./streamedFrames";

saverBadge.value = h(SavingData, {});

const isHidden = signal(document.hidden);
document.addEventListener("visibilitychange", () => (isHidden.value = document.hidden));

/** Who saves data gets previews; a page that nobody looks at gets its picture and no other. */
const reach = (): Reach => (savesData.value ? "previews" : isHidden.value ? "frame" : "stack");

export const overSocket = (pull: MakeFrameSource): MakeFrameSource =>
  streaming({
    pull,
    reach,
    onReach: (action) =>
      effect(() => {
        reach();
        action();
      }),
    onBytes: countUsed,
    onLink: (link) => {
      if (link === "ended") void learnSession();
    },
    early: takeEarlyLevels(),
    connect: (listener) => new ViewingSocket(listener, pageWorld(takeSocket)),
  });
