import { Field } from "../../components/index";
import { t } from "../../i18n/share";
import { Choices } from "./Choices";
import { MOST_OPENINGS, type Often, type Openings, mostOpenings } from "./openings";

const WAYS: readonly (readonly [Often, string])[] = [
  ["any", t("share.openings.any")],
  ["once", t("share.openings.once")],
  ["number", t("share.openings.number")],
];

/** How often the link may be opened, and what counts as once. */
export function OpeningsChoice({ value, onChange }: { value: Openings; onChange: (value: Openings) => void }) {
  const { often, typed } = value;
  const isWrong = typed !== "" && mostOpenings(value) === undefined;
  return (
    <>
      <Choices legend={t("share.openings")} options={WAYS} value={often} onChoose={(next) => onChange({ ...value, often: next })} />
      <p class="lead share-hint">{t(`share.openings.${often}.what`)}</p>
      {often === "number" && (
        <Field
          label={t("share.openings.most")}
          {...{ [isWrong ? "error" : "hint"]: t("share.openings.range", { most: MOST_OPENINGS }) }}
          inputMode="numeric"
          autocomplete="off"
          maxLength={6}
          value={typed}
          onText={(next) => onChange({ ...value, typed: next })}
        />
      )}
    </>
  );
}
