import { Trash2, UserCheck } from "lucide-preact";
import type { Received } from "../../../protocol/later";
import { Button, Progress } from "../../components/index";
import { t } from "../../i18n/more";
import { fullDate } from "../../words/dates";
import { momentInWords } from "../../words/moments";
import { fullName } from "../../words/names";
import { sizeInWords } from "../../words/sizes";

export const nameOf = ({ patient }: Received): string => fullName(patient.name) || t("received.noName");

/** Whom its files name, as they say it. */
export const whoOf = ({ patient }: Received): string =>
  [patient.birthDate === null ? "" : t("received.born", { date: fullDate(patient.birthDate) }), patient.sex, patient.id].filter(Boolean).join(" · ");

function byWhom({ link }: Received): string {
  if (link === null) return "";
  const { sender, recipient } = link;
  return recipient === "" ? t("received.bySender", { sender }) : t("received.by", { sender, recipient });
}

/** One study as it was sent: what its files say, by whom it came, and what can be done with it. */
export function Entry({ received, onMatch, onReject }: { received: Received; onMatch: () => void; onReject: () => void }) {
  const name = nameOf(received);
  const { state } = received;
  return (
    <li class="actable">
      <div class="actable-words">
        <h2>
          <bdi>{name}</bdi>
        </h2>
        <p>{whoOf(received)}</p>
        <p>{[received.modalities.join(", "), received.description, fullDate(received.date)].filter(Boolean).join(" · ")}</p>
        <p class="lead">{[t("received.objects", { count: received.objects }), sizeInWords(received.sizeBytes), t("received.at", { when: momentInWords(received.receivedAt) }), byWhom(received)].filter(Boolean).join(" · ")}</p>
        {received.problem !== null && (
          <p class="received-problem" role="alert">
            {t("received.problem")}
          </p>
        )}
        {state === "done" && <p class="received-problem">{t("received.refused", { count: received.refused })}</p>}
        {state === "taking_in" && <Progress label={t("received.takingIn")} done={null} />}
      </div>
      <div class="received-acts">
        {state !== "done" && (
          <Button look="primary" icon={UserCheck} busy={state === "taking_in"} {...(state === "waiting" && { "aria-label": t("received.matchNamed", { name }) })} onClick={onMatch}>
            {t(state === "taking_in" ? "received.takingIn" : "received.match")}
          </Button>
        )}
        <Button look="quiet" icon={Trash2} disabled={state === "taking_in"} aria-label={t(state === "done" ? "received.dismissNamed" : "received.rejectNamed", { name })} onClick={onReject}>
          {t(state === "done" ? "received.dismiss" : "received.reject")}
        </Button>
      </div>
    </li>
  );
}
