import { Check } from "lucide-preact";
import { useEffect } from "preact/hooks";
import type { Guest } from "../../../protocol/index";
import { Button } from "../../components/index";
import { t } from "../../i18n/share";
import { Mark } from "../../shell/Shell";
import { leaveLink } from "../../state/session";
import { items, recall } from "../../state/uploads/index";
import { momentInWords } from "../../words/moments";
import { Choose } from "../upload/Choose";
import { FileList } from "../upload/FileList";
import { Sum } from "../upload/Sum";
import { hasSent } from "./sent";
import "../upload/upload.css";

/** Whoever was asked for images sends them in, and sees what became of each file; nothing else is here. */
export function Sending({ stay }: { stay: Guest }) {
  useEffect(() => {
    hasSent.value = true;
    void recall();
  }, []);
  const hasSome = items.value.length > 0;
  return (
    <main class="guest guest-sending upload">
      <header class="guest-head">
        <Mark size={48} />
        <h1>{t("guest.asks", { sender: stay.sender })}</h1>
        <p class="lead">{t("sending.until", { when: momentInWords(new Date(stay.expiresAt)) })}</p>
      </header>
      <Choose lead={t("sending.lead", { sender: stay.sender })} />
      {hasSome && <Sum />}
      {hasSome && <p class="lead">{t("sending.kept")}</p>}
      <FileList />
      <Button icon={Check} wide onClick={() => void leaveLink()}>
        {t("sending.close")}
      </Button>
    </main>
  );
}
