import { useRef, useState } from "preact/hooks";
import { type Share, extendShare, renewPin, revokeShare } from "../../../protocol/later";
import { Badge, Button, Dialog, Menu, toast } from "../../components/index";
import { t } from "../../i18n/share";
import { person } from "../../state/session";
import { fullDate } from "../../words/dates";
import { tellFailure } from "../../words/failures";
import { momentInWords } from "../../words/moments";
import { fullName } from "../../words/names";
import { sizeInWords } from "../../words/sizes";
import { HealthLinkDialog } from "../share/HealthLink";
import { Copied, ShownPin } from "../share/Made";
import { refreshShares, replaceShare } from "./state";

const LONGER = [24, 168, 720] as const;
type Asking = "revoke" | "extend" | "health" | null;

const isOver = ({ state }: Share): boolean => state === "revoked" || state === "gone";

/** One link: what it shows, to whom, until when, how it was used, and what can be done about it. */
export function ShareCard({ share, isGood }: { share: Share; isGood: boolean }) {
  const [asking, setAsking] = useState<Asking>(null);
  const [pin, setPin] = useState<string | null>(null);
  const extender = useRef<HTMLDivElement>(null);
  const close = (): void => setAsking(null);
  const extend = async (hours: number): Promise<void> => {
    const answer = await extendShare(share.id, hours);
    if (!answer.ok) {
      complain(answer.failure);
      return;
    }
    replaceShare(answer.value);
    toast({ text: t("shares.extended", { when: momentInWords(answer.value.expiresAt) }) });
  };
  const renew = async (): Promise<void> => {
    const answer = await renewPin(share.id);
    if (answer.ok) setPin(answer.value);
    else complain(answer.failure);
  };
  return (
    <li class="shares-card" data-state={share.state}>
      <Facts share={share} />
      {!isOver(share) && (
        <div class="shares-acts" ref={extender}>
          <Button onClick={() => setAsking("extend")}>{t("shares.extend")}</Button>
          {share.challenge === "pin" && isGood && <Button onClick={() => void renew()}>{t("shares.newPin")}</Button>}
          {share.healthLink.possible && <Button onClick={() => setAsking("health")}>{t("health.title")}</Button>}
          {isGood && (
            <Button look="danger" onClick={() => setAsking("revoke")}>
              {t("shares.revoke")}
            </Button>
          )}
        </div>
      )}
      {asking === "extend" && (
        <Menu
          label={t("shares.extend")}
          anchor={extender.current}
          onClose={close}
          items={LONGER.map((hours) => ({ label: t("shares.extendTo", { how: t(`share.hours.${hours}`) }), perform: () => void extend(hours) }))}
        />
      )}
      {asking === "health" && (
        <HealthLinkDialog
          share={share}
          onClose={() => {
            close();
            void refreshShares();
          }}
        />
      )}
      {asking === "revoke" && <Revoke share={share} onClose={close} />}
      {pin !== null && (
        <Dialog
          title={t("shares.newPin.title")}
          onClose={() => {
            setPin(null);
            void refreshShares();
          }}
        >
          <ShownPin pin={pin} lead={t("shares.newPin.what")} />
        </Dialog>
      )}
    </li>
  );
}

function Facts({ share }: { share: Share }) {
  const tone = share.state === "open" ? "exact" : share.state === "locked" ? "warning" : "plain";
  return (
    <div>
      <p class="shares-title">
        <span>{titleOf(share)}</span>
        <Badge tone={tone}>{t(`shares.state.${share.state}`)}</Badge>
      </p>
      <p class="lead">{[whatOf(share), share.recipient && t("shares.for", { recipient: share.recipient })].filter(Boolean).join(" · ")}</p>
      <p class="lead">{[untilOf(share), t(`share.how.${share.challenge}`), share.download && t("shares.download"), share.deidentified && t("shares.nameless"), share.mostOpenings === 1 && t("shares.once")].filter(Boolean).join(" · ")}</p>
      {share.state === "gone" ? <p>{t("shares.gone")}</p> : <Copied share={share} />}
      <p>{usedOf(share)}</p>
    </div>
  );
}

function titleOf({ purpose, study, extent, parts }: Share): string {
  if (purpose === "receive") return t("shares.receives");
  if (study === null) return t("shares.noStudy");
  const what = study.description || study.modalities.join(" ");
  if (extent === "study" || parts === null) return what;
  return `${t(`shares.parts.${extent}`, { count: parts })} ${what}`;
}

/** Their own name is nothing to tell a patient. */
function whatOf({ study }: Share): string {
  if (study === null) return "";
  const isTheirs = person.value?.role === "patient";
  return [isTheirs ? "" : fullName(study.patient), fullDate(study.date)].filter(Boolean).join(" · ");
}

function untilOf({ state, expiresAt, notBefore }: Share): string {
  if (state === "expired") return t("shares.was", { when: momentInWords(expiresAt) });
  const from = state === "waiting" && notBefore !== null ? `${t("shares.from", { when: momentInWords(notBefore) })} · ` : "";
  return from + t("shares.until", { when: momentInWords(expiresAt) });
}

/** How a link was used, and how often it may be. */
export function usedOf({ purpose, openings, mostOpenings, lastOpenedAt, takenObjects, takenBytes, quotaBytes }: Share): string {
  if (purpose === "receive") return t("shares.taken", { count: takenObjects, taken: sizeInWords(takenBytes), quota: sizeInWords(quotaBytes) });
  const isCounted = mostOpenings !== null && mostOpenings > 1;
  const told = isCounted ? t("shares.openedOf", { opened: openings, count: mostOpenings }) : t("shares.opened", { count: openings });
  if (openings === 0 || lastOpenedAt === null) return isCounted ? told : t("shares.never");
  return `${told}, ${t("shares.last", { when: momentInWords(lastOpenedAt) })}`;
}

function Revoke({ share, onClose }: { share: Share; onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  const revoke = async (): Promise<void> => {
    setBusy(true);
    const answer = await revokeShare(share.id);
    onClose();
    if (answer.ok) toast({ text: t("shares.revoked") });
    else complain(answer.failure);
    await refreshShares();
  };
  return (
    <Dialog title={t("shares.revoke.title")} onClose={onClose}>
      <p>{t("shares.revoke.what")}</p>
      <div class="dialog-buttons">
        <Button onClick={onClose}>{t("shares.cancel")}</Button>
        <Button look="danger" busy={busy} onClick={() => void revoke()}>
          {t("shares.revoke")}
        </Button>
      </div>
    </Dialog>
  );
}

function complain(failure: Parameters<typeof tellFailure>[0]): void {
  toast({ text: tellFailure(failure).what, tone: "danger" });
}
