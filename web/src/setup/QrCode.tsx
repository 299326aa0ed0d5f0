/** A QR code as SVG squares: no image data, so the strict CSP has nothing to allow. Always dark on white, for cameras. */
import { create } from 'qrcode';
import { useMemo } from 'react';

export function QrCode({ text, label, size = 200 }: { text: string; label: string; size?: number }) {
  const { path, side } = useMemo(() => {
    const { modules } = create(text, { errorCorrectionLevel: 'M' });
    let drawn = '';
    for (let y = 0; y < modules.size; y += 1) {
      for (let x = 0; x < modules.size; x += 1) if (modules.get(y, x) !== 0) drawn += `M${x + 4} ${y + 4}h1v1h-1z`;
    }
    return { path: drawn, side: modules.size + 8 };
  }, [text]);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${side} ${side}`}
      width={size}
      height={size}
      shapeRendering="crispEdges"
      style={{ borderRadius: 10, display: 'block', flex: 'none' }}
    >
      <rect width={side} height={side} fill="#fff" />
      <path d={path} fill="#10241d" />
    </svg>
  );
}
