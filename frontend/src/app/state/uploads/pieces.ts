const SMALLEST_BYTES = 128 * 1024;
const FIRST_BYTES = 1024 * 1024;
/** A piece should take about this long: a lost one costs no more, and progress is seen to move. */
const AIM_MS = 3_000;

/** How long the next piece should be, by how fast the last ones went. */
export class PieceSize {
  private bytes = FIRST_BYTES;

  next(longest: number): number {
    return Math.min(longest, this.bytes);
  }

  went(bytes: number, tookMs: number): void {
    const fitting = (bytes / Math.max(1, tookMs)) * AIM_MS;
    // At most fourfold at once: one lucky piece says little.
    this.bytes = Math.round(Math.max(SMALLEST_BYTES, Math.min(this.bytes * 4, fitting)));
  }

  failed(): void {
    this.bytes = Math.max(SMALLEST_BYTES, Math.round(this.bytes / 4));
  }
}
