import { useEffect, useRef } from "preact/hooks";
import { FileImage, FileText, Video } from "lucide-preact";
import { t } from "../../i18n/viewer";
import { carried, carryFrom } from "./carrying";
import { openDocuments } from "./documents";
import { Priors } from "./Priors";
import type { Reading } from "./reading";
import { seriesTitle } from "./readout";
import type { Room, Study } from "./room";
import { type Item, isCine } from "./stacks";
import { cannotShowText } from "./words";

/** The series beside the picture: a touch shows one in the pane in hand, and it can be carried into any. */
export function Rail({ reading }: { reading: Reading }) {
  return (
    <nav class="rail" aria-label={t("bar.series")}>
      <Strip reading={reading} isCarried />
      <Ghost />
    </nav>
  );
}

/** What is being carried, under the finger. */
function Ghost() {
  const { value } = carried;
  if (value === null) return null;
  return (
    <span class="ghost" style={`transform: translate(${value.x}px, ${value.y}px)`}>
      {value.thumbnail !== null && <img src={value.thumbnail} alt="" width={72} height={72} draggable={false} />}
    </span>
  );
}

interface StripProps {
  reading: Reading;
  isCarried?: boolean;
  onChosen?: () => void;
}

export function Strip({ reading: { room }, isCarried = false, onChosen }: StripProps) {
  return (
    <>
      <ul class="strip">
        <StudyEntries room={room} study={room.study} isCarried={isCarried} onChosen={onChosen} />
      </ul>
      <Priors room={room} isCarried={isCarried} />
    </>
  );
}

interface StudyEntriesProps {
  room: Room;
  study: Study;
  isCarried: boolean;
  onChosen?: (() => void) | undefined;
}

/** The series of one study that is open in the room. */
export function StudyEntries({ room, study, isCarried, onChosen }: StudyEntriesProps) {
  const { value: active } = room.active;
  const placeIn = (reading: Reading): number | null => (reading.digest === study.digest ? reading.itemIndex.value : null);
  const inHand = placeIn(active);
  const open = new Set(room.shown.value.map(placeIn));
  return (
    <>
      {study.items.map((item, place) => (
        <li key={item.id}>
          <Entry
            item={item}
            isOpen={inHand === place}
            isBeside={open.has(place)}
            height={room.sheet.value}
            isLater={!room.hasBegun.value}
            open={() => {
              if (item.slices.length > 0) room.put(study, place, active.id);
              else openDocuments.value = { study: study.digest.study.uid, series: item.series };
              onChosen?.();
            }}
            carry={isCarried ? (event) => carryFrom(event, item.thumbnail, (pane) => room.put(study, place, pane)) : undefined}
          />
        </li>
      ))}
    </>
  );
}

interface EntryProps {
  item: Item;
  isOpen: boolean;
  /** Shown in another pane. */
  isBeside: boolean;
  /** Of the sheet it may lie in: at another height it lies elsewhere. */
  height: string;
  /** The first picture goes before thumbnails. */
  isLater: boolean;
  open: () => void;
  carry: ((event: PointerEvent & { currentTarget: HTMLElement }) => void) | undefined;
}

function Entry({ item, isOpen, isBeside, height, isLater, open, carry }: EntryProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isOpen) button.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [isOpen, height]);
  const reason = cannotShowText(item.series.cannotShow);
  const count = item.slices.length;
  const pages = item.series.documents.length;
  return (
    <button
      ref={button}
      type="button"
      class="entry"
      aria-current={isOpen ? "true" : undefined}
      data-beside={isBeside && !isOpen ? "" : undefined}
      disabled={count === 0 && pages === 0}
      onClick={open}
      onPointerDown={carry}
    >
      <Thumbnail item={item} isLater={isLater} />
      <span class="entry-words">
        <span class="entry-title">{seriesTitle(item)}</span>
        <span class="entry-facts">
          {[item.series.modality, count > 0 ? t(isCine(item) ? "series.frames" : "series.images", { count }) : "", pages > 0 ? t("series.documents", { count: pages }) : ""].filter(Boolean).join(" · ")}
        </span>
        {reason && <span class="entry-reason">{reason}</span>}
      </span>
    </button>
  );
}

function Thumbnail({ item, isLater }: Pick<EntryProps, "item" | "isLater">) {
  if (isLater) return <span class="entry-picture" />;
  if (item.thumbnail !== null && item.slices.length > 0) {
    return <img class="entry-picture" src={item.thumbnail} alt="" width={72} height={72} loading="lazy" decoding="async" fetchpriority="low" draggable={false} />;
  }
  const Icon = item.series.documents.length > 0 ? FileText : item.series.cannotShow === "video" ? Video : FileImage;
  return (
    <span class="entry-picture entry-none">
      <Icon size={24} aria-hidden="true" />
    </span>
  );
}
