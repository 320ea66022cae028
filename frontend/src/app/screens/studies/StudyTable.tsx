import type { StudyRow } from "../../../protocol/index";
import { t } from "../../i18n/index";
import { fresh } from "../../state/worklist";
import { spokenName } from "../../words/names";
import { ageAndSex } from "../../words/patients";
import { PatientName } from "./PatientName";
import { previewed } from "./Preview";
import { Modalities, StudyTime } from "./StudyCards";
import { RowMenu, mayMenu } from "./RowMenu";
import { Thumbnail } from "./Thumbnail";
import { viewerIsNear } from "./viewerIsNear";
import "./table.css";

/** The same facts in columns. Arrow keys go from row to row, Enter opens. */
export function StudyTable({ rows }: { rows: readonly StudyRow[] }) {
  const hasMenu = mayMenu();
  return (
    <table class="studies-table" onKeyDown={moveBetweenRows}>
      <caption class="heard">{t("studies.title")}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span class="heard">{t("studies.col.picture")}</span>
          </th>
          <th scope="col">{t("studies.col.patient")}</th>
          <th scope="col">{t("studies.col.study")}</th>
          <th scope="col" aria-sort="descending">
            {t("studies.col.date")}
          </th>
          <th scope="col" class="number">
            {t("studies.col.images")}
          </th>
          <th scope="col" class="if-wide">
            {t("studies.col.referrer")}
          </th>
          {hasMenu && (
            <th scope="col" class="for-menu">
              <span class="heard">{t("studies.col.actions")}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.uid} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row }: { row: StudyRow }) {
  const show = (): void => void (previewed.value = row.uid);
  const near = (): void => {
    show();
    viewerIsNear();
  };
  return (
    <tr class={fresh.value.has(row.uid) ? "study-fresh" : ""} onPointerEnter={near} onFocusIn={show}>
      <td>
        <Thumbnail row={row} size={48} />
      </td>
      <th scope="row">
        <a href={`/study/${row.uid}`} class="study-name">
          <PatientName name={row.patient.name} />
        </a>
        <p class="study-who">{[ageAndSex(row.patient, row.date), row.patient.id].filter(Boolean).join(" · ")}</p>
      </th>
      <td>
        <p class="study-what">
          <Modalities codes={row.modalities} />
          <span class="one-line">{row.description || t("studies.noDescription")}</span>
        </p>
        {row.accessionNumber !== "" && <p class="study-who">{row.accessionNumber}</p>}
      </td>
      <td class="study-day">
        <StudyTime row={row} />
      </td>
      <td class="number">{row.numberOfInstances}</td>
      <td class="if-wide">
        <bdi>{spokenName(row.referringPhysician)}</bdi>
      </td>
      {mayMenu() && (
        <td class="for-menu">
          <RowMenu row={row} />
        </td>
      )}
    </tr>
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 };

function moveBetweenRows(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>("tbody a")];
  const here = links.findIndex((link) => link === document.activeElement);
  const step = STEPS[event.key];
  if (here < 0 || event.ctrlKey || event.metaKey || (step === undefined && event.key !== "Home" && event.key !== "End")) return;
  event.preventDefault();
  const to = step === undefined ? (event.key === "Home" ? 0 : links.length - 1) : here + step;
  links[Math.max(0, Math.min(links.length - 1, to))]?.focus();
}
