import { useMemo } from "preact/hooks";
import { KEY_OBJECTS } from "../../../protocol/later";
import { seriesTitle } from "../viewer/readout";
import type { Reading } from "../viewer/reading";
import type { Item } from "../viewer/stacks";
import type { Choosable } from "./ChooseImages";
import type { SeriesToShare } from "./chosen";
import { ShareDialog } from "./ShareDialog";

/** Share what is read: the study, or the series or the image in hand. */
export function ShareOfRoom({ reading }: { reading: Reading }) {
  const { room } = reading;
  // What was in hand when it was asked for: the film may go on behind it.
  const subject = useMemo(() => {
    const { digest } = room.study;
    const own = room.own.peek();
    const [item, slice] = [own.item.peek(), own.slice.peek()];
    return {
      study: digest.study.uid,
      series: item === undefined || digest.series.length < 2 ? null : { uid: item.series.uid, title: seriesTitle(item) },
      image: slice?.instance.uid ?? null,
      ...choosable(room.study.items, item),
      patientBorn: digest.study.patient.birthDate !== null,
    };
  }, [room]);
  return <ShareDialog subject={subject} onClose={() => (room.isShareShown.value = false)} />;
}

/** The series of the study that have images, each once: a series of clips is several entries in the reading room. */
function choosable(items: readonly Item[], inHand: Item | undefined): { images?: Choosable } {
  const series = new Map<string, SeriesToShare>();
  const marks = new Set<string>();
  for (const item of items) {
    const { uid, modality, instances } = item.series;
    if (modality === KEY_OBJECTS) marks.add(uid);
    if (item.slices.length === 0 || series.has(uid)) continue;
    const images = instances.map((instance) => ({ uid: instance.uid, frames: instance.numberOfFrames }));
    series.set(uid, { uid, title: seriesTitle({ ...item, clip: null }), images });
  }
  const all = [...series.values()];
  const count = all.reduce((sum, { images }) => sum + images.length, 0);
  return count < 2 ? {} : { images: { series: all, first: inHand?.series.uid ?? "", marks: [...marks] } };
}
