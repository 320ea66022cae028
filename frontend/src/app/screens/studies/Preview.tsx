import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { StudyRow } from "../../../protocol/index";
import { t } from "../../i18n/index";
import { dayAndTime } from "../../words/dates";
import { spokenName } from "../../words/names";
import { ageAndSex } from "../../words/patients";
import { PatientName } from "./PatientName";
import { Modalities } from "./StudyCards";
import { Thumbnail } from "./Thumbnail";

/** The row under the pointer or the focus; before that, the newest. */
export const previewed = signal("");

/** Beside the table, where there is room: the picture large, and what has no column. It repeats, so it is not read out. */
export function Preview({ rows }: { rows: readonly StudyRow[] }) {
  const row = rows.find(({ uid }) => uid === previewed.value) ?? rows[0];
  if (!row) return null;
  return (
    <aside class="preview" aria-hidden="true">
      <Thumbnail row={row} size={256} />
      <p class="preview-name">
        <PatientName name={row.patient.name} />
      </p>
      <p class="study-who">{[ageAndSex(row.patient, row.date), row.patient.id].filter(Boolean).join(" · ")}</p>
      <p class="preview-what">
        <Modalities codes={row.modalities} />
        <span>{row.description || t("studies.noDescription")}</span>
      </p>
      <dl>
        <Fact name={t("studies.col.date")}>{dayAndTime(row.date, row.time) || t("studies.noDate")}</Fact>
        <Fact name={t("studies.col.images")}>{t("studies.inSeries", { count: row.numberOfSeries, images: t("studies.images", { count: row.numberOfInstances }) })}</Fact>
        <Fact name={t("studies.col.accession")}>{row.accessionNumber}</Fact>
        <Fact name={t("studies.col.referrer")}>{spokenName(row.referringPhysician)}</Fact>
        <Fact name={t("studies.col.where")}>{row.institution}</Fact>
      </dl>
    </aside>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  if (children === "") return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </div>
  );
}
