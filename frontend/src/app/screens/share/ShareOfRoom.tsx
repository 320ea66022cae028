import { useMemo } from "preact/hooks";
import { seriesTitle } from "../viewer/readout";
import type { Reading } from "../viewer/reading";
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
      patientBorn: digest.study.patient.birthDate !== null,
    };
  }, [room]);
  return <ShareDialog subject={subject} onClose={() => (room.isShareShown.value = false)} />;
}
