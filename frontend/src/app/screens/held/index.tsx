import { useEffect } from "preact/hooks";
import { t as shell } from "../../i18n/index";
import { t } from "../../i18n/more";
import { Mark } from "../../shell/Shell";
import { held } from "../../state/session";
import { Locked } from "./Locked";
import { SecondFactor } from "./SecondFactor";
import "./held.css";

const TITLES = { locked: "held.locked.title", second_factor: "held.factor.title" } as const;

/** Somebody is signed in, but the session opens nothing before they do what is asked of them. */
export default function Held() {
  const now = held.value;
  const reason = now?.reason ?? "locked";
  useEffect(() => {
    document.title = shell("app.titled", { title: t(TITLES[reason]) });
  }, [reason]);
  if (!now) return null;
  return (
    <main class="held">
      <div class="held-card">
        <Mark size={56} />
        {now.reason === "locked" ? <Locked username={now.username} /> : <SecondFactor username={now.username} />}
      </div>
    </main>
  );
}
