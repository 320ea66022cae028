import { useComputed } from "@preact/signals";
import { LENS_RADIUS_PX, type Point, type Size } from "../../../engine/index";
import { t } from "../../i18n/viewer";
import type { Told } from "./probe";
import type { Reading } from "./reading";
import { measuredText, pixelText, positionText, valueText } from "./readout";

const LABEL_PX = { width: 172, height: 82 } as const;
const GAP_PX = 18;

/** The mark of the probe, and beside it what is there. Under a magnifier it stands above the glass. */
export function ProbeMark({ reading }: { reading: Reading }) {
  const { probe } = reading;
  const mark = useComputed(() => (probe.isOn.value && probe.at.value !== null ? reading.placeOf(probe.at.value) : null));
  const lens = useComputed(() => reading.state.value?.lensCentre ?? null);
  const label = useComputed(() => {
    const place = lens.value === null ? mark.value : lens.value;
    if (place === null || !probe.isShown.value) return null;
    return lens.value === null ? besideMark(place, reading.viewport.value) : aboveGlass(place, reading.viewport.value);
  });
  return (
    <>
      {mark.value !== null && <Cross at={mark.value} />}
      {lens.value !== null && probe.at.value !== null && <Cross at={lens.value} />}
      {label.value !== null && (
        <div class="probe" role="status" style={`transform: translate(${label.value.x}px, ${label.value.y}px)`}>
          <Words told={probe.told.value} reading={reading} />
        </div>
      )}
    </>
  );
}

function Words({ told, reading }: { told: Told; reading: Reading }) {
  const at = reading.probe.at.value;
  if (at === null) return null;
  const value = told.kind === "known" ? told.value : null;
  return (
    <>
      <strong>{value === null ? t(told.kind === "unknown" ? "probe.unknown" : "probe.waiting") : valueText(value)}</strong>
      {value !== null && measuredText(value) !== "" && <span>{measuredText(value)}</span>}
      <span>{pixelText(at)}</span>
      {value !== null && value.positionMm !== null && <span>{positionText(value.positionMm)}</span>}
    </>
  );
}

/** Drawn twice: dark beneath light, to be seen on every grey. */
const CROSS = "M-14 0H-5M5 0H14M0-14V-5M0 5V14";

function Cross({ at }: { at: Point }) {
  return (
    <svg class="probe-cross" width="32" height="32" viewBox="-16 -16 32 32" aria-hidden="true" style={`transform: translate(${at.x - 16}px, ${at.y - 16}px)`}>
      <path d={CROSS} />
      <path d={CROSS} />
    </svg>
  );
}

function besideMark(at: Point, viewport: Size): Point {
  const right = at.x + GAP_PX;
  const above = at.y - GAP_PX - LABEL_PX.height;
  return {
    x: right + LABEL_PX.width > viewport.width ? at.x - GAP_PX - LABEL_PX.width : right,
    y: above < 0 ? at.y + GAP_PX : above,
  };
}

function aboveGlass(centre: Point, viewport: Size): Point {
  const above = centre.y - LENS_RADIUS_PX - LABEL_PX.height - 8;
  const x = centre.x - LABEL_PX.width / 2;
  return {
    x: Math.min(viewport.width - LABEL_PX.width, Math.max(0, x)),
    y: above < 0 ? centre.y + LENS_RADIUS_PX + 8 : above,
  };
}
