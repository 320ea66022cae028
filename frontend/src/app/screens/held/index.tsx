import { useEffect } from "preact/hooks";
import { t as shell } from "../../i18n/index";
import { t } from "../../i18n/more";
import { Mark } from "../../shell/Shell";
import { held } from "../../state/session";
import { SecondFactor } from "./SecondFactor";
import "./held.css";

/** Somebody is signed in, but the session opens nothing before they do what is asked of them. */
export default function Held() {
  useEffect(() => {
    document.title = shell("app.titled", { title: t("held.title") });
  }, []);
  const now = held.value;
  if (!now) return null;
  return (
    <main class="held">
      <div class="held-card">
        <Mark size={56} />
        <SecondFactor username={now.username} />
      </div>
    </main>
  );
}
