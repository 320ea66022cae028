import { useEffect, useId, useRef, useState } from "preact/hooks";
import { loadKeyImages } from "../../../protocol/later";
import { Button } from "../../components/index";
import { t } from "../../i18n/share";
import { type Chosen, MOST_CHOSEN, type SeriesToShare, added, toggled } from "./chosen";
import { ImageGrid } from "./ImageGrid";
import "./share.css";
import "./chooseImages.css";

/** What there is to choose from. */
export interface Choosable {
  series: readonly SeriesToShare[];
  /** The series in hand, which is shown first. */
  first: string;
  /** Series of documents that mark some as key images. */
  marks: readonly string[];
}

interface Props {
  study: string;
  from: Choosable;
  /** Null before anything was: then those that the study marks as its key images are. */
  chosen: Chosen | null;
  onChange: (chosen: Chosen) => void;
  onDone: () => void;
}

/** The images of the study, series by series, of which some are chosen. */
export function ChooseImages({ study, from, chosen, onChange, onDone }: Props) {
  const [uid, setUid] = useState(from.first);
  const [marked, setMarked] = useState(0);
  const picked = useRef<Chosen>(chosen ?? new Set());
  const change = (next: Chosen): void => {
    picked.current = next; // for who comes later than the person was
    onChange(next);
  };
  useEffect(() => {
    const leaving = new AbortController();
    if (chosen === null) {
      void keyImagesOf(study, from, leaving.signal).then((found) => {
        if (leaving.signal.aborted) return;
        setMarked(found.length);
        change(added(picked.current, found));
      });
    }
    return () => leaving.abort();
  }, []);
  const series = from.series.find((one) => one.uid === uid) ?? from.series[0];
  return (
    <div class="choose">
      <p class="lead">{t("choose.lead")}</p>
      <p class="lead choose-marked" role="status">
        {marked > 0 && t("choose.marked", { count: marked })}
      </p>
      {from.series.length > 1 && <SeriesChoice all={from.series} uid={uid} chosen={picked.current} onChoose={setUid} />}
      {series && (
        <ImageGrid
          key={series.uid}
          study={study}
          series={series}
          chosen={picked.current}
          onToggle={(one) => change(toggled(picked.current, one))}
          onAdd={(several) => change(added(picked.current, several))}
        />
      )}
      <footer class="share-foot">
        <p role="status">
          {t("choose.count", { count: picked.current.size })}
          {picked.current.size >= MOST_CHOSEN && <span class="lead"> {t("choose.most")}</span>}
        </p>
        {picked.current.size > 0 && (
          <Button look="quiet" onClick={() => change(new Set())}>
            {t("choose.none")}
          </Button>
        )}
        <Button look="primary" onClick={onDone}>
          {t("choose.done")}
        </Button>
      </footer>
    </div>
  );
}

interface SeriesChoiceProps {
  all: readonly SeriesToShare[];
  uid: string;
  chosen: Chosen;
  onChoose: (uid: string) => void;
}

function SeriesChoice({ all, uid, chosen, onChoose }: SeriesChoiceProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{t("choose.series")}</label>
      <select id={id} class="choose-series" value={uid} onChange={(event) => onChoose(event.currentTarget.value)}>
        {all.map((one) => (
          <option key={one.uid} value={one.uid}>
            {labelOf(one, chosen)}
          </option>
        ))}
      </select>
    </div>
  );
}

function labelOf({ title, images }: SeriesToShare, chosen: Chosen): string {
  const some = images.filter((image) => chosen.has(image.uid)).length;
  return [title, t("choose.images", { count: images.length }), some > 0 && t("choose.ofThese", { count: some })].filter(Boolean).join(" · ");
}

/** Those of the images here that documents of the study mark; none where they cannot be read. */
async function keyImagesOf(study: string, { series, marks }: Choosable, signal: AbortSignal): Promise<string[]> {
  const here = new Set(series.flatMap(({ images }) => images.map((image) => image.uid)));
  const answers = await Promise.all(marks.map((one) => loadKeyImages(study, one, signal)));
  return answers.flatMap((answer) => (answer.ok ? answer.value : [])).filter((one) => here.has(one));
}
