import type { PersonName } from "../../../protocol/index";
import { t } from "../../i18n/index";
import { shownName } from "../../words/names";

/** Large, and beside it the name in its own script. Each runs in its own direction. */
export function PatientName({ name }: { name: PersonName }) {
  const { main, beside } = shownName(name);
  return (
    <>
      <bdi>{main || t("studies.noName")}</bdi>
      {beside !== "" && <bdi class="study-script">{beside}</bdi>}
    </>
  );
}
