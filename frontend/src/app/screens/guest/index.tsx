import { Clock, DoorClosed, Link2Off, ScanQrCode, WifiOff } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import type { Failure, Guest as Stay } from "../../../protocol/index";
import { type LinkTold, type Presented, lookAtLink } from "../../../protocol/later";
import { Empty, Failed, Later, SlowlyComing } from "../../components/index";
import { t as shell } from "../../i18n/index";
import { t } from "../../i18n/share";
import { Mark } from "../../shell/Shell";
import { guest, knowledge, person, stayEnd } from "../../state/session";
import { momentInWords } from "../../words/moments";
import { secretInAddress } from "./address";
import { Challenge } from "./Challenge";
import { hasSent } from "./sent";
import "./guest.css";

const PREPARING_AGAIN_MS = 3_000;

const viewer = () => import("../viewer/index").then((room) => room.Viewer);

const sending = () => import("./Sending").then((room) => room.Sending);

/** Whoever comes by a link: asked for the answer, then shown what was shared, or let send in, and nothing else. */
export default function Guest({ id }: { id: string }) {
  useEffect(() => {
    document.title = shell("app.titled", { title: t("guest.title") });
  }, []);
  const stay = guest.value;
  const behind = stay?.link === id ? behindTheDoor(stay) : null;
  if (behind !== null) return behind;
  if (stayEnd.value === "ended") return <Closed icon={DoorClosed} title={t("guest.ended")} why={t("guest.ended.why")} />;
  if (stayEnd.value === "left") return <Left />;
  const secret = secretInAddress();
  if (secret !== "") return <Door key={id} presented={{ id, secret }} />;
  return knowledge.value.kind === "asking" ? <SlowlyComing /> : <WithoutSecret />;
}

/** What is open to a guest; null where nothing is any more. */
function behindTheDoor(stay: Stay) {
  if (stay.purpose === "receive") return <Later load={sending} props={{ stay }} />;
  return stay.study === null ? null : <Later load={viewer} props={{ uid: stay.study }} />;
}

type Seen = { kind: "looking" } | { kind: "closed" } | { kind: "failed"; failure: Failure } | { kind: "told"; told: LinkTold };

function Door({ presented }: { presented: Presented }) {
  const [seen, setSeen] = useState<Seen>({ kind: "looking" });
  const look = (): Promise<void> => {
    setSeen({ kind: "looking" });
    return lookAgain();
  };
  const lookAgain = async (): Promise<void> => {
    const answer = await lookAtLink(presented);
    if (answer.ok) setSeen({ kind: "told", told: answer.value });
    else if (answer.failure.kind === "refused") setSeen({ kind: "closed" });
    else setSeen({ kind: "failed", failure: answer.failure });
  };
  useEffect(() => void look(), []);
  const isPreparing = seen.kind === "told" && seen.told.preparing !== null;
  useEffect(() => {
    if (!isPreparing) return undefined;
    const again = setInterval(() => void lookAgain(), PREPARING_AGAIN_MS);
    return () => clearInterval(again);
  }, [isPreparing]);
  switch (seen.kind) {
    case "looking":
      return <SlowlyComing />;
    case "closed":
      return <Closed icon={Link2Off} title={t("guest.closed")} why={t("guest.closed.why")} />;
    case "failed":
      return (
        <Alone>
          <Failed icon={WifiOff} failure={seen.failure} onRetry={() => void look()} />
        </Alone>
      );
    case "told":
      if (seen.told.preparing !== null) return <Preparing {...seen.told.preparing} sender={seen.told.sender} />;
      return seen.told.opensAt === null ? (
        <Welcome told={seen.told} presented={presented} onClosed={() => setSeen({ kind: "closed" })} />
      ) : (
        <Alone>
          <Empty icon={Clock} title={t("guest.notYet")}>
            <p>{t("guest.from", { sender: seen.told.sender })}.</p>
            <p>{t("guest.notYet.when", { when: momentInWords(seen.told.opensAt) })}</p>
          </Empty>
        </Alone>
      );
  }
}

function Preparing({ sender, done, total }: { sender: string; done: number; total: number }) {
  return (
    <Alone>
      <Empty icon={Clock} title={t("guest.preparing")}>
        <p>{t("guest.from", { sender })}.</p>
        <p role="status">{t("guest.preparing.what", { done, total })}</p>
      </Empty>
    </Alone>
  );
}

function Welcome({ told, presented, onClosed }: { told: LinkTold; presented: Presented; onClosed: () => void }) {
  const receives = told.purpose === "receive";
  // The code of what is behind the door comes while the PIN is typed.
  useEffect(() => void (receives ? sending() : viewer()).catch(() => undefined), [receives]);
  return (
    <main class="guest">
      <header class="guest-head">
        <Mark size={48} />
        <h1>{t(receives ? "guest.asks" : "guest.from", { sender: told.sender })}</h1>
        <p class="lead">{t("guest.until", { when: momentInWords(told.expiresAt) })}</p>
        {person.value && <p class="guest-warning">{t("guest.signsOut", { name: person.value.displayName })}</p>}
      </header>
      <Challenge told={told} presented={presented} onClosed={onClosed} />
    </main>
  );
}

function Alone({ children }: { children: preact.ComponentChildren }) {
  return (
    <main class="guest guest-alone">
      <Mark size={48} />
      {children}
    </main>
  );
}

function Closed({ icon, title, why }: { icon: typeof Link2Off; title: string; why: string }) {
  return (
    <Alone>
      <Empty icon={icon} title={title}>
        <p>{why}</p>
        <p>{t("guest.closed.ask")}</p>
      </Empty>
    </Alone>
  );
}

function Left() {
  const sent = hasSent.value;
  return (
    <Alone>
      <Empty icon={DoorClosed} title={t(sent ? "guest.left.sent" : "guest.left")}>
        <p>{t(sent ? "guest.left.sent.why" : "guest.left.why")}</p>
      </Empty>
    </Alone>
  );
}

function WithoutSecret() {
  return (
    <Alone>
      <Empty icon={ScanQrCode} title={t("guest.noSecret")}>
        <p>{t("guest.noSecret.why")}</p>
      </Empty>
    </Alone>
  );
}
