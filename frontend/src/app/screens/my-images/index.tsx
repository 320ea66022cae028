import { signal } from "@preact/signals";
import { Eye, Images, Share2 } from "lucide-preact";
import { useEffect, useRef } from "preact/hooks";
import type { StudyRow } from "../../../protocol/index";
import { Button, Empty, Failed, Later, Skeleton } from "../../components/index";
import { locale } from "../../i18n/index";
import { t } from "../../i18n/more";
import { Shell } from "../../shell/Shell";
import { failure, followArrivals, hasMore, loadMore, refresh, rows } from "../../state/worklist";
import { fullDate, monthOf } from "../../words/dates";
import { modalityInWords, tellingModalities } from "../../words/modalities";
import { Thumbnail } from "../studies/Thumbnail";
import { viewerIsNear } from "../studies/viewerIsNear";
import "../studies/studies.css";
import "./myImages.css";

/** A patient's own images along their time line, in plain words. */
export default function MyImages() {
  useEffect(() => {
    let stop: (() => void) | null = null;
    let isLeft = false;
    void refresh().then(() => {
      if (!isLeft) stop = followArrivals(() => true);
    });
    return () => {
      isLeft = true;
      stop?.();
    };
  }, []);
  return (
    <Shell title={t("myImages.title")}>
      <div class="page mine">
        <header>
          <h1>{t("myImages.title")}</h1>
        </header>
        <TimeLine />
      </div>
      {sharing.value !== null && <Later load={shareDialog} props={sharingProps(sharing.value)} />}
    </Shell>
  );
}

const shareDialog = () => import("../share/ShareDialog").then((room) => room.ShareDialog);

/** The study that they are passing on. */
const sharing = signal<StudyRow | null>(null);

const sharingProps = (row: StudyRow) => ({
  subject: { study: row.uid, series: null, image: null, patientBorn: row.patient.birthDate !== null },
  onClose: () => void (sharing.value = null),
});

function TimeLine() {
  const shown = rows.value;
  if (shown === null) return failure.value ? <Failed icon={Images} failure={failure.value} onRetry={() => void refresh()} /> : <Loading />;
  if (shown.length === 0) {
    return (
      <Empty icon={Images} title={t("myImages.empty.title")}>
        <p>{t("myImages.empty")}</p>
      </Empty>
    );
  }
  return (
    <>
      <p class="lead">{t("myImages.lead")}</p>
      <a class="button button-plain mine-looked" href="/my-images/who-looked">
        <Eye size={20} aria-hidden="true" />
        <span>{t("myImages.whoLooked")}</span>
      </a>
      {byMonth(shown).map(({ month, studies }) => (
        <section key={month} class="mine-month">
          <h2>{month || t("myImages.noDate")}</h2>
          <ol>
            {studies.map((row) => (
              <Study key={row.uid} row={row} />
            ))}
          </ol>
        </section>
      ))}
      <More />
    </>
  );
}

function byMonth(shown: readonly StudyRow[]): { month: string; studies: StudyRow[] }[] {
  const months = new Map<string, StudyRow[]>();
  for (const row of shown) {
    const month = monthOf(row.date);
    months.set(month, [...(months.get(month) ?? []), row]);
  }
  return [...months].map(([month, studies]) => ({ month, studies }));
}

function Study({ row }: { row: StudyRow }) {
  const where = row.institution === "" ? "" : ` ${t("myImages.at", { place: row.institution })}`;
  return (
    <li class="mine-item">
      <a class="mine-study" href={`/study/${row.uid}`} onPointerDown={viewerIsNear}>
        <Thumbnail row={row} size={96} />
        <div>
          <h3>{kindsInWords(row.modalities)}</h3>
          {row.description !== "" && <p>{row.description}</p>}
          <p class="lead">
            {fullDate(row.date) || t("myImages.noDate")}
            {where}
          </p>
          <p class="lead">{t("myImages.count", { count: row.numberOfInstances })}</p>
        </div>
      </a>
      <Button look="quiet" icon={Share2} onClick={() => (sharing.value = row)}>
        {t("myImages.share")}
      </Button>
    </li>
  );
}

const list = new Intl.ListFormat(locale, { type: "conjunction" });

/** "CT scan and Report": each kind once, whatever its codes. */
const kindsInWords = (codes: readonly string[]): string => list.format(new Set(tellingModalities(codes).map(modalityInWords)));

function More() {
  const end = useRef<HTMLDivElement>(null);
  const more = hasMore.value;
  useEffect(() => {
    const element = end.current;
    if (!element || !more) return undefined;
    const watch = new IntersectionObserver(([entry]) => entry?.isIntersecting && void loadMore(), { rootMargin: "600px" });
    watch.observe(element);
    return () => watch.disconnect();
  }, [more, rows.value?.length]);
  return <div ref={end} />;
}

function Loading() {
  return (
    <div role="status" aria-label={t("myImages.loading")} class="mine-loading">
      <Skeleton width="100%" height="128px" />
      <Skeleton width="100%" height="128px" />
    </div>
  );
}
