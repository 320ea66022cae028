/** Brings the patient's other studies and lays one beside the study that is read. */

import { type ReadonlySignal, batch, computed, effect, signal } from "@preact/signals";
import { inTask } from "../../../engine/index";
import { type Prior, fetchDigest, fetchPriors } from "../../../protocol/index";
import { toast } from "../../components/index";
import { t } from "../../i18n/viewer";
import { counterpartOf } from "./counterpart";
import type { Room, Study } from "./room";
import { itemsOf } from "./stacks";

export class Comparing {
  /** The best to compare with first; empty until they are known. */
  readonly priors = signal<readonly Prior[]>([]);
  /** Those that were opened here, by UID. */
  readonly opened = signal<ReadonlyMap<string, Study>>(new Map());
  /** Which one is on its way. */
  readonly coming = signal<string | null>(null);
  readonly isOn: ReadonlySignal<boolean>;
  #room: Room;
  #left = new AbortController();

  constructor(room: Room) {
    this.#room = room;
    this.isOn = computed(() => room.shown.value.some(({ digest }) => digest !== room.study.digest));
  }

  /** Asks which there are once the first picture is seen. Until the returned function is called. */
  start(): () => void {
    this.#left = new AbortController();
    let callOff = (): void => undefined;
    const stop = effect(() => {
      if (this.#room.hasBegun.value) callOff = inTask(() => void this.#ask()); // not within the drawing that shows it
    });
    return () => {
      stop();
      callOff();
      this.#left.abort();
    };
  }

  /** Lays the best one beside, or takes away what is. */
  toggle(): void {
    const [best] = this.priors.peek();
    if (this.isOn.peek()) this.#room.readAlone();
    else if (best !== undefined) void this.compareWith(best.uid);
  }

  /** Lays the series of that study beside which is most like the one in hand. */
  async compareWith(uid: string): Promise<void> {
    const study = await this.#open(uid);
    if (study === null) return;
    const item = this.#room.own.peek().item.peek();
    const place = item === undefined ? null : counterpartOf(item, study.items);
    if (place === null) toast({ text: t("compare.nothing") });
    else this.#room.putBeside(study, place);
  }

  async #ask(): Promise<void> {
    const answer = await fetchPriors(this.#room.study.digest.study.uid, this.#left.signal);
    // Without them all else goes on: whoever misses them finds the studies in the list.
    if (answer.ok) this.priors.value = answer.value;
  }

  async #open(uid: string): Promise<Study | null> {
    const known = this.opened.peek().get(uid);
    if (known !== undefined) return known;
    this.coming.value = uid;
    const answer = await fetchDigest(uid, this.#left.signal);
    if (this.#left.signal.aborted) return null;
    if (!answer.ok) {
      this.coming.value = null;
      toast({ text: t("compare.failed"), tone: "danger" });
      return null;
    }
    const study = { digest: answer.value, items: itemsOf(answer.value) };
    batch(() => {
      this.coming.value = null;
      this.opened.value = new Map([...this.opened.peek(), [uid, study]]);
    });
    return study;
  }
}
