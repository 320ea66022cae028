import { useEffect, useState } from "preact/hooks";
import { type LookImage, lookAddress } from "../../../protocol/later";
import { SlowlyComing } from "../../components/index";
import { t } from "../../i18n/export";
import { type Grip, follow, stepped } from "./drawing";
import { type Box, type Marks, type Region, regionsIn } from "./regions";

const MOST_PX = 1600;

interface Address {
  study: string;
  series: string;
  uid: string;
  /** null of what is read rather than looked at. */
  frame: number | null;
}

interface Props {
  address: Address;
  size: LookImage;
  marks: Marks;
  chosen: number | null;
  onChoose: (id: number | null) => void;
  onDraw: (box: Box) => void;
  onChange: (id: number, box: Box) => void;
  onRemove: (id: number) => void;
  /** What there is to see of it was shown. */
  onShown: () => void;
}

/** One image with its regions; a report as its page. */
export function Stage(props: Props) {
  const { address, onShown } = props;
  const [state, setState] = useState<"coming" | "here" | "failed">("coming");
  const [ratio, setRatio] = useState(props.size.columns / Math.max(1, props.size.rows));
  const source = lookAddress(address.study, address.series, address.uid, address.frame, MOST_PX);
  const failed = (): void => {
    setState("failed");
    onShown(); // that it cannot be shown is said in its place
  };
  if (address.frame === null)
    return (
      <div class="edit-ground">
        <iframe class="edit-page" title={t("edit.report")} src={source} sandbox="" onLoad={onShown} />
      </div>
    );
  return (
    <div class="edit-ground">
      {state === "coming" && <SlowlyComing />}
      {state === "failed" && (
        <p class="edit-failed" role="alert">
          {t("edit.cannotShow")}
        </p>
      )}
      <div class="edit-fit" style={{ "--ratio": ratio }} hidden={state === "failed"}>
        <img
          src={source}
          alt=""
          draggable={false}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
            // Of pixels that are not square, the picture is shown as it should be: its own sides tell how.
            if (naturalHeight > 0) setRatio(naturalWidth / naturalHeight);
            setState("here");
            onShown();
          }}
          onError={failed}
        />
        {state === "here" && <Regions {...props} />}
      </div>
    </div>
  );
}

function Regions({ address, size, marks, chosen, onChoose, onDraw, onChange, onRemove }: Props) {
  const [draft, setDraft] = useState<{ id: number | null; box: Box } | null>(null);
  useEffect(() => setDraft(null), [marks]);
  const here = regionsIn(marks, { ...size, series: address.series });
  const grip = (target: EventTarget | null): Grip => {
    const element = target instanceof Element ? target.closest("[data-region]") : null;
    const region = here.find((each) => String(each.id) === element?.getAttribute("data-region"));
    if (region === undefined || !(target instanceof Element)) return { kind: "ground" };
    return { kind: target.closest(".edit-corner") === null ? "region" : "corner", region };
  };
  const onPointerDown = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    if (event.button !== 0 || !event.isPrimary) return;
    const held = grip(event.target);
    onChoose(held.kind === "ground" ? null : held.region.id);
    follow(event, event.currentTarget, held, size, {
      onChange: (box) => setDraft(box && { id: held.kind === "ground" ? null : held.region.id, box }),
      onEnd: (box) => {
        setDraft(null);
        if (box === null) return;
        if (held.kind === "ground") onDraw(box);
        else onChange(held.region.id, box);
      },
      onCancel: () => setDraft(null),
    });
  };
  const onKeyDown = (event: KeyboardEvent, region: Region): void => {
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      onRemove(region.id);
      return;
    }
    const box = stepped(region, event.key, event.shiftKey);
    if (box === null) return;
    event.preventDefault();
    onChange(region.id, box);
  };
  return (
    <div class="edit-regions" role="group" aria-label={t("edit.picture")} onPointerDown={onPointerDown}>
      {here.map((region, at) => (
        <button
          key={region.id}
          type="button"
          class="edit-region"
          data-region={region.id}
          aria-label={t("edit.region", { number: at + 1 })}
          aria-pressed={region.id === chosen}
          style={placed(draft?.id === region.id ? draft.box : region, size)}
          onFocus={() => onChoose(region.id)}
          onKeyDown={(event) => onKeyDown(event, region)}
        >
          <span class="edit-corner" />
        </button>
      ))}
      {draft?.id === null && <div class="edit-region edit-draft" style={placed(draft.box, size)} />}
    </div>
  );
}

const percent = (part: number, whole: number): string => `${(100 * part) / whole}%`;

const placed = (box: Box, { rows, columns }: LookImage) => ({
  left: percent(box.x, columns),
  top: percent(box.y, rows),
  width: percent(box.width, columns),
  height: percent(box.height, rows),
});
