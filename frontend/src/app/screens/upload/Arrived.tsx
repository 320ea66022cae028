import { useEffect, useState } from "preact/hooks";
import { type StudyRow, loadStudies } from "../../../protocol/index";
import { t } from "../../i18n/more";
import { arrivedStudies, sum } from "../../state/uploads/index";
import { StudyCards } from "../studies/StudyCards";

const MOST_SHOWN = 50;

/** The studies that the files belong to, ready to be opened. */
export function Arrived() {
  const uids = arrivedStudies.value;
  const [rows, setRows] = useState<StudyRow[]>([]);
  const { settled } = sum.value;
  useEffect(() => {
    if (uids.length === 0) {
      setRows([]);
      return undefined;
    }
    const asking = new AbortController();
    // Asked anew as files come in, so that the counts are true; a moment is waited, because they come many at once.
    const timer = setTimeout(() => {
      void loadStudies({ uids: uids.slice(0, MOST_SHOWN), limit: MOST_SHOWN }, asking.signal).then((answer) => {
        if (answer.ok) setRows(answer.value.studies);
      });
    }, 300);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [uids.join(), settled]);
  if (rows.length === 0) return null;
  return (
    <section class="upload-arrived">
      <div role="status">
        <h2>{t("upload.arrived", { count: uids.length })}</h2>
      </div>
      <StudyCards rows={rows} />
    </section>
  );
}
