import { Check } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { t } from "../../i18n/share";
import { type Chosen, type ImageToShare, type SeriesToShare, between, stepped } from "./chosen";

interface Props {
  study: string;
  series: SeriesToShare;
  chosen: Chosen;
  onToggle: (uid: string) => void;
  /** All of a row, from the one before to the one that was pressed with Shift. */
  onAdd: (uids: readonly string[]) => void;
}

/** The images of a series, small: pressed, or by keys, each is chosen or not. Their pictures come as they are scrolled to. */
export function ImageGrid({ study, series: { uid, title, images }, chosen, onToggle, onAdd }: Props) {
  const grid = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const [anchor, setAnchor] = useState(0);
  const press = (place: number, isRange: boolean): void => {
    const image = images[place];
    if (isRange) onAdd(between(images, anchor, place));
    else if (image) onToggle(image.uid);
    setAt(place);
    setAnchor(place);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      press(at, event.shiftKey);
      return;
    }
    const next = stepped(event.key, at, images.length, grid.current ? columnsOf(grid.current) : 1);
    if (next === null) return;
    event.preventDefault();
    setAt(next);
    grid.current?.querySelectorAll<HTMLElement>("[role=option]")[next]?.focus();
  };
  return (
    <div ref={grid} class="choose-grid" role="listbox" aria-multiselectable="true" aria-label={title} onKeyDown={onKey}>
      {images.map((image, place) => (
        <div
          key={image.uid}
          class="choose-image"
          role="option"
          tabIndex={place === at ? 0 : -1}
          aria-selected={chosen.has(image.uid)}
          aria-label={nameOf(image, place, images.length)}
          onClick={(event) => press(place, event.shiftKey)}
        >
          <img src={`/dicom-web/studies/${study}/series/${uid}/instances/${image.uid}/thumbnail`} alt="" width={96} height={96} loading="lazy" decoding="async" draggable={false} />
          <span class="choose-number">{place + 1}</span>
          {chosen.has(image.uid) && (
            <span class="choose-tick">
              <Check size={16} aria-hidden="true" />
            </span>
          )}
        </div>
      ))}
    </div>
  );
}

const columnsOf = (grid: HTMLElement): number => getComputedStyle(grid).gridTemplateColumns.split(" ").length;

const nameOf = ({ frames }: ImageToShare, place: number, count: number): string =>
  [t("choose.image", { number: place + 1, count }), frames > 1 && t("choose.frames", { count: frames })].filter(Boolean).join(", ");
