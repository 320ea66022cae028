/**
 * Draws the server's pictures on a 2-D canvas: at first, and where WebGL2 is missing. A window drag is shown by the canvas's
 * filters, where it has them.
 */

import type { Matrix } from "../view/transform";
import type { Painter, Quad, Scene } from "./painter";
import type { Rewindow } from "./rewindow";

export class CanvasPainter implements Painter {
  #canvas: HTMLCanvasElement;
  #context: CanvasRenderingContext2D;

  static create(canvas: HTMLCanvasElement): CanvasPainter | null {
    const context = canvas.getContext("2d", { alpha: false });
    return context === null ? null : new CanvasPainter(canvas, context);
  }

  private constructor(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D) {
    this.#canvas = canvas;
    this.#context = context;
  }

  resize(width: number, height: number): void {
    if (this.#canvas.width === width && this.#canvas.height === height) return;
    this.#canvas.width = width;
    this.#canvas.height = height;
  }

  draw(scene: Scene): void {
    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.filter = "none";
    context.fillStyle = "#000";
    context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#pass(scene.matrix, scene.quads, scene.inverted);
    if (scene.lens === null) return;
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.beginPath();
    context.arc(scene.lens.x, scene.lens.y, scene.lens.radius, 0, 2 * Math.PI);
    context.clip();
    this.#pass(scene.lens.matrix, scene.lens.quads, scene.inverted);
    context.restore();
  }

  close(): void {
    this.#canvas.width = 0;
    this.#canvas.height = 0;
  }

  #pass({ a, b, c, d, e, f }: Matrix, quads: readonly Quad[], inverted: boolean): void {
    this.#context.setTransform(a, b, c, d, e, f);
    for (const quad of quads) this.#drawQuad(quad, inverted);
  }

  #drawQuad({ tile, box, rewindow }: Quad, inverted: boolean): void {
    const { step } = tile.place.rung;
    const width = box.x1 - box.x0;
    const height = box.y1 - box.y0;
    this.#context.filter = filterOf(rewindow, inverted);
    this.#context.drawImage(
      tile.picture,
      0,
      0,
      width / step,
      height / step,
      box.x0,
      box.y0,
      width,
      height,
    );
  }
}

/**
 * brightness(m) then contrast(k) is (m grey - 0.5) k + 0.5, so k = 1 - 2 offset and m = gain / k. An offset of a half or
 * more cannot be made so; then, and in engines without canvas filters, the tile is drawn as it is until the right one comes.
 */
export function filterOf({ gain, offset }: Rewindow, inverted: boolean): string {
  const parts: string[] = [];
  if (gain !== 1 || offset !== 0) {
    const k = 1 - 2 * offset;
    if (k > 0) parts.push(`brightness(${gain / k})`, `contrast(${k})`);
  }
  if (inverted) parts.push("invert(1)");
  return parts.length === 0 ? "none" : parts.join(" ");
}
