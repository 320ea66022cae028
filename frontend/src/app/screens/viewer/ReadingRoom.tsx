import { useEffect, useMemo } from "preact/hooks";
import { inTask } from "../../../engine/index";
import { Later } from "../../components/index";
import { Announcer } from "./Announcer";
import { BottomBar, Tools } from "./Bars";
import { isWide } from "./layout";
import { Panes } from "./Panes";
import type { Reading } from "./reading";
import type { Room } from "./room";
import { Rail } from "./Strip";
import { TopBar } from "./TopBar";

const help = () => import("./Help").then((room) => room.Help);
const share = () => import("../share/ShareOfRoom").then((room) => room.ShareOfRoom);
const panels = () => import("./Panels").then((room) => room.Panels);
/** By then the picture is exact on most lines; a hand that is quicker waits for a few kilobytes. */
const PANELS_AFTER_MS = 3000;

/**
 * The panes and what lies around them, which is for the one in hand. The panes keep their place whatever the screen
 * becomes: turning a phone keeps all.
 */
export function ReadingRoom({ room }: { room: Room }) {
  const wide = isWide.value;
  const reading = room.active.value;
  const helpProps = useMemo(() => ({ reading }), [reading]);
  return (
    <main class={`viewer ${wide ? "viewer-wide" : "viewer-phone"}`}>
      <TopBar reading={reading} />
      {wide && room.isRailShown.value ? <Rail reading={reading} /> : null}
      <Panes key="panes" room={room} />
      {wide ? <Tools reading={reading} /> : <BottomBar reading={reading} />}
      <OpenPanel reading={reading} />
      <Announcer key={reading.id} reading={reading} />
      {room.isShareShown.value && <Later load={share} props={helpProps} />}
      {room.isHelpShown.value && <Later load={help} props={helpProps} />}
    </main>
  );
}

/** Its code comes when there is time for it, or when it is first opened. */
function OpenPanel({ reading }: { reading: Reading }) {
  const props = useMemo(() => ({ reading }), [reading]);
  useEffect(() => inTask(() => void panels().catch(() => undefined), PANELS_AFTER_MS), []);
  return reading.panel.value === null ? null : <Later load={panels} props={props} />;
}
