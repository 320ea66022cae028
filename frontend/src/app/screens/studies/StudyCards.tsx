import type { StudyRow } from "../../../protocol/index";
import { Badge } from "../../components/index";
import { t } from "../../i18n/index";
import { fresh } from "../../state/worklist";
import { dayAndTime, fullDate } from "../../words/dates";
import { modalityInWords, tellingModalities } from "../../words/modalities";
import { ageAndSex } from "../../words/patients";
import { PatientName } from "./PatientName";
import { RowMenu } from "./RowMenu";
import { Thumbnail } from "./Thumbnail";
import { viewerIsNear } from "./viewerIsNear";

export function StudyCards({ rows }: { rows: readonly StudyRow[] }) {
  return (
    <ul class="studies-list">
      {rows.map((row) => (
        <li key={row.uid} class={fresh.value.has(row.uid) ? "study-fresh" : ""}>
          <a class="study" href={`/study/${row.uid}`} onPointerDown={viewerIsNear}>
            <Thumbnail row={row} size={72} />
            <div class="study-words">
              <p class="study-name">
                <PatientName name={row.patient.name} />
              </p>
              <p class="study-who">{[ageAndSex(row.patient, row.date), row.patient.id].filter(Boolean).join(" · ")}</p>
              <p class="study-what">
                <Modalities codes={row.modalities} />
                <span class="one-line">{row.description || t("studies.noDescription")}</span>
              </p>
              <p class="study-when">
                <StudyTime row={row} />
                <span>{t("studies.images", { count: row.numberOfInstances })}</span>
              </p>
            </div>
          </a>
          <RowMenu row={row} />
        </li>
      ))}
    </ul>
  );
}

export function Modalities({ codes }: { codes: readonly string[] }) {
  return (
    <>
      {tellingModalities(codes).map((code) => (
        <Badge key={code}>
          <span title={modalityInWords(code)}>{code}</span>
        </Badge>
      ))}
    </>
  );
}

export function StudyTime({ row }: { row: StudyRow }) {
  if (row.date === null) return <span>{t("studies.noDate")}</span>;
  return (
    <time dateTime={row.date} title={fullDate(row.date)}>
      {dayAndTime(row.date, row.time)}
    </time>
  );
}
