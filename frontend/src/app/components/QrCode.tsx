import { correction, generate } from "lean-qr";
import "./qr.css";

const QUIET = 4; // modules of white that a reader needs around it (ISO/IEC 18004 6.3.8)

/** A QR code, dark on white whatever the theme: readers expect it so. A sturdy one has error correction level M at least, and room for what is long. */
export function QrCode({ text, label, sturdy = false }: { text: string; label: string; sturdy?: boolean }) {
  const bitmap = generate(text, { minCorrectionLevel: sturdy ? correction.M : correction.L });
  const size = bitmap.size + 2 * QUIET;
  let path = "";
  for (let y = 0; y < bitmap.size; y++) {
    for (let x = 0; x < bitmap.size; x++) if (bitmap.get(x, y)) path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`;
  }
  return (
    <svg class={sturdy ? "qr qr-sturdy" : "qr"} role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  );
}
