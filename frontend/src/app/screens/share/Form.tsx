import { useEffect, useState } from "preact/hooks";
import { type Challenge, type Shares, loadSharesOf } from "../../../protocol/later";
import { Button, Field } from "../../components/index";
import { type Key, t } from "../../i18n/share";
import { person } from "../../state/session";
import { Choices } from "./Choices";
import type { Draft, Extent, Subject } from "./draft";
import type { Making } from "./making";
import { OpeningsChoice } from "./OpeningsChoice";
import { Switch } from "./Switch";

const HOURS = [1, 24, 168, 720, 2160] as const;
type Capabilities = Pick<Shares, "canSendMail">;

interface Part {
  subject: Subject;
  draft: Draft;
  change: (part: Partial<Draft>) => void;
}

/** What, with whom, until when, and how it opens. */
export function Form({ subject, draft, change, making, onChoose }: Part & { making: Making; onChoose: () => void }) {
  const can = useCapabilities(subject.study);
  return (
    <form
      class="share"
      onSubmit={(event) => {
        event.preventDefault();
        void making.make();
      }}
    >
      {person.value?.role === "patient" && <p class="lead">{t("share.patientLead")}</p>}
      <What subject={subject} draft={draft} change={change} onChoose={onChoose} />
      <Field label={t("share.for")} hint={t("share.for.hint")} maxLength={128} autocomplete="off" value={draft.recipient} onText={(recipient) => change({ recipient })} />
      <Choices legend={t("share.until")} options={HOURS.map((hours) => [hours, t(`share.hours.${hours}`)])} value={draft.hours} onChoose={(hours) => change({ hours })} />
      <How subject={subject} can={can} draft={draft} change={change} />
      <Switch label={t("share.download")} what={t(draft.deidentified ? "share.download.copies" : "share.download.what")} on={draft.download} onSwitch={(download) => change({ download })} />
      <Switch
        label={t("share.deidentified")}
        what={t("share.deidentified.what")}
        on={draft.deidentified}
        onSwitch={(deidentified) => change(deidentified && draft.challenge === "birth_date" ? { deidentified, challenge: "pin" } : { deidentified })}
      />
      <details class="share-more">
        <summary>{t("share.more")}</summary>
        <OpeningsChoice value={draft.openings} onChange={(openings) => change({ openings })} />
        <Field label={t("share.later")} type="datetime-local" value={draft.notBefore} onText={(notBefore) => change({ notBefore })} />
      </details>
      <div class="share-foot">
        <p class="share-problem" role="alert">
          {making.problem}
        </p>
        <Button type="submit" look="primary" wide busy={making.busy}>
          {t("share.make")}
        </Button>
      </div>
    </form>
  );
}

function useCapabilities(study: string): Capabilities {
  const [can, setCan] = useState<Capabilities>({ canSendMail: false });
  useEffect(() => {
    void loadSharesOf(study).then((answer) => {
      if (answer.ok) setCan(answer.value);
    });
  }, [study]);
  return can;
}

function What({ subject, draft, change, onChoose }: Part & { onChoose: () => void }) {
  const options: (readonly [Extent, string])[] = [["study", t("share.what.study")]];
  if (subject.series !== null) options.push(["series", t("share.what.series")]);
  if (subject.image !== null) options.push(["image", t("share.what.image")]);
  if (subject.images) options.push(["chosen", t("share.what.chosen")]);
  if (options.length === 1) return null;
  const choose = (extent: Extent): void => {
    change({ extent });
    if (extent === "chosen") onChoose();
  };
  return (
    <>
      <Choices legend={t("share.what")} options={options} value={draft.extent} onChoose={choose} />
      {draft.extent === "series" && subject.series !== null && <p class="lead">{subject.series.title}</p>}
      {draft.extent === "chosen" && (
        <p class="share-chosen">
          {t("choose.count", { count: draft.chosen?.size ?? 0 })}
          <Button autofocus={draft.chosen !== null} onClick={onChoose}>
            {t("choose.again")}
          </Button>
        </p>
      )}
    </>
  );
}

function How({ subject, can, draft, change }: Part & { can: Capabilities }) {
  const ways: Challenge[] = ["pin"];
  if (subject.patientBorn && !draft.deidentified) ways.push("birth_date");
  if (can.canSendMail) ways.push("email");
  return (
    <>
      <Choices legend={t("share.how")} options={ways.map((way) => [way, t(`share.how.${way}`)])} value={draft.challenge} onChoose={(challenge) => change({ challenge })} />
      <p class="lead share-hint">{t(`share.how.${draft.challenge}.hint` satisfies Key)}</p>
      {draft.challenge === "email" && <Field label={t("share.email")} type="email" autocomplete="off" value={draft.email} onText={(email) => change({ email })} />}
    </>
  );
}
