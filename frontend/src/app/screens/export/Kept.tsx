import { DATES, type Dates, RETAINED, type Retained } from "../../../protocol/later";
import { Field } from "../../components/index";
import { t } from "../../i18n/export";
import { Choices } from "../share/Choices";
import { Switch } from "../share/Switch";

/** What stays in the copies. */
export interface Wanted {
  dates: Dates;
  retained: ReadonlySet<Retained>;
  project: string;
}

export const FRESH: Wanted = { dates: "removed", retained: new Set(), project: "" };

/** The options as the server names them. */
export const optionsOf = ({ dates, retained }: Wanted): string[] => [...(dates === "removed" ? [] : [dates]), ...RETAINED.filter((each) => retained.has(each))];

/** The retain and clean options of PS3.15 E.3, in plain words. */
export function Kept({ wanted, onChange }: { wanted: Wanted; onChange: (part: Partial<Wanted>) => void }) {
  const turn = (option: Retained, on: boolean): void => {
    const retained = new Set(wanted.retained);
    if (on) retained.add(option);
    else retained.delete(option);
    onChange({ retained });
  };
  return (
    <details class="share-more">
      <summary>{t("export.more")}</summary>
      <Choices legend={t("export.dates")} options={DATES.map((one) => [one, t(`export.dates.${one}`)])} value={wanted.dates} onChoose={(dates) => onChange({ dates })} />
      <p class="lead">{t(`export.dates.${wanted.dates}.what`)}</p>
      <fieldset class="export-kept">
        <legend>{t("export.keep")}</legend>
        {RETAINED.map((option) => (
          <Switch key={option} label={t(`export.keep.${option}`)} what={t(`export.keep.${option}.what`)} on={wanted.retained.has(option)} onSwitch={(on) => turn(option, on)} />
        ))}
      </fieldset>
      <Field label={t("export.project")} hint={t("export.project.hint")} maxLength={64} autocomplete="off" value={wanted.project} onText={(project) => onChange({ project })} />
    </details>
  );
}
