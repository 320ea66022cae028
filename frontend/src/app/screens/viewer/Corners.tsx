import { type ReadonlySignal, useComputed } from "@preact/signals";
import { BadgeCheck, CircleDashed, Image, ImageOff, LoaderCircle, type LucideIcon, TriangleAlert } from "lucide-preact";
import { scaleBar } from "../../../engine/index";
import { t } from "../../i18n/viewer";
import { dateAndTime } from "../../words/dates";
import { ageAndSex } from "../../words/patients";
import { intervalText } from "./interval";
import { LinkBadge } from "./LinkBadge";
import type { Reading } from "./reading";
import {
  type Badge,
  badgeOf,
  lengthText,
  lossyText,
  rateFigure,
  seriesTitle,
  sliceText,
  viewLabel,
  windowText,
  zoomText,
} from "./readout";
import { saverBadge } from "./saverBadge";
import { scaleOf } from "./scale";

/** Who, what, how good, and how it is shown: in the corners, never over the middle. */
export function Corners({ reading }: { reading: Reading }) {
  return (
    <>
      <Who reading={reading} />
      <div class="corner corner-top-right">
        <Quality reading={reading} />
        <LinkBadge reading={reading} />
        {saverBadge.value}
      </div>
      <How reading={reading} />
      <div class="corner corner-bottom-right">
        <Scale reading={reading} />
      </div>
    </>
  );
}

/** The name itself stands in the bar above, in every layout. */
function Who({ reading }: { reading: Reading }) {
  const { study } = reading.digest;
  const hidden = reading.namesHidden.value;
  return (
    <div class="corner corner-top-left">
      {!hidden && <p class="corner-who">{study.patient.id}</p>}
      {!hidden && <p class="corner-who">{ageAndSex(study.patient, study.date)}</p>}
      <p>{dateAndTime(study.date, study.time)}</p>
      <Interval reading={reading} />
    </div>
  );
}

/** Of a study that is compared with: how long before the one that is read. */
function Interval({ reading: { digest, room } }: { reading: Reading }) {
  if (digest === room.study.digest) return null;
  return <p class="corner-prior">{intervalText(digest.study.date, room.study.digest.study.date)}</p>;
}

function How({ reading }: { reading: Reading }) {
  const series = useComputed(() => (reading.item.value === undefined ? "" : seriesTitle(reading.item.value)));
  const view = useComputed(() => {
    const label = viewLabel(reading.slice.value);
    return series.value.includes(label) ? "" : label;
  });
  const slice = useComputed(() => (reading.item.value === undefined ? "" : sliceText(reading.index.value, reading.item.value)));
  const position = useComputed(() => {
    const mm = reading.slice.value?.instance.positionMm;
    return mm === null || mm === undefined || (reading.item.value?.slices.length ?? 0) < 2
      ? ""
      : t("slice.position", { mm: mm.toFixed(1).replace("-", "−") });
  });
  const window = useComputed(() => windowText(reading.state.value?.window ?? null, reading.slice.value?.format.unit ?? ""));
  const zoom = useComputed(() => (reading.state.value === null ? "" : t("zoom.readout", { zoom: zoomText(reading.state.value.zoom) })));
  const inverted = useComputed(() => (reading.inverted.value ? t("picture.inverted") : ""));
  const rate = useComputed(() => rateText(reading));
  return (
    <div class="corner corner-bottom-left">
      <p class="corner-series">
        {series} <strong>{view}</strong>
      </p>
      <p>
        <strong>{slice}</strong> <span>{position}</span>
      </p>
      <p>
        {window} <span class="corner-inverted">{inverted}</span>
      </p>
      <p>
        {zoom} <span>{rate}</span>
      </p>
    </div>
  );
}

function rateText(reading: Reading): string {
  const { value: achieved } = reading.cine.achievedHz;
  if (!reading.cine.isPlaying.value) return "";
  return achieved === null ? "" : t("cine.achieved", { rate: rateFigure(achieved) });
}

const ICONS: Readonly<Record<Badge["kind"], LucideIcon>> = {
  none: ImageOff,
  loading: LoaderCircle,
  nearest: LoaderCircle,
  coarse: CircleDashed,
  preview: Image,
  original: BadgeCheck,
  exact: BadgeCheck,
};

function Quality({ reading }: { reading: Reading }) {
  const badge = useComputed(() => (reading.state.value === null ? null : badgeOf(reading.state.value, lossyText(reading.slice.value) !== "")));
  const word = useComputed(() => badge.value?.word ?? t("level.loading"));
  const kind = useComputed(() => badge.value?.kind ?? "loading");
  const lossy = useComputed(() => lossyText(reading.slice.value));
  return (
    <>
      {kind.value !== "original" && <QualityBadge kind={kind} word={word} />}
      <Lossy text={lossy} />
    </>
  );
}

function QualityBadge({ kind, word }: { kind: ReadonlySignal<Badge["kind"]>; word: ReadonlySignal<string> }) {
  const Icon = ICONS[kind.value];
  return (
    <p class="quality" data-level={kind.value}>
      <Icon size={14} aria-hidden="true" />
      <span>{word}</span>
    </p>
  );
}

function Lossy({ text }: { text: ReadonlySignal<string> }) {
  if (text.value === "") return null;
  return (
    <p class="quality" data-level="lossy">
      <TriangleAlert size={14} aria-hidden="true" />
      <span>{text}</span>
    </p>
  );
}

const LONGEST_BAR_PX = 130;

function Scale({ reading }: { reading: Reading }) {
  const bar = useComputed(() => {
    const { value: state } = reading.state;
    const format = reading.slice.value?.format;
    const scale = format === undefined ? null : scaleOf(format);
    if (state === null || state.shownIndex === null || format === undefined || scale === null) return null;
    const drawn = scaleBar(scale.calibration, format.aspect, state.view.scale, LONGEST_BAR_PX);
    return drawn === null ? null : { ...drawn, source: t(scale.sourceKey) };
  });
  if (bar.value === null) return null;
  const { lengthMm, lengthPx, source } = bar.value;
  return (
    <figure class="scale">
      <div class="scale-bar" style={`width: ${lengthPx}px`} />
      <figcaption>
        <strong>{lengthText(lengthMm)}</strong> <span>{source}</span>
      </figcaption>
    </figure>
  );
}
