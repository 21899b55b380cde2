/** A rectangle in a picture, px. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Diagonal lines that fill a box, as the data of an SVG path: a pattern fill would need an id, which two pictures on a page could share.
 *
 * @param gap  distance of the lines along the box's edge, px
 * @param falling  from the upper left instead of the lower left
 */
export function hatching({ x, y, width, height }: Box, gap: number, falling = false): string {
  const count = Math.ceil((width + height) / gap) - 1;
  const lines = Array.from({ length: Math.max(0, count) }, (_, i) => {
    const along = (i + 1) * gap;
    const [x1, y1] = [Math.max(0, along - height), Math.min(height, along)];
    const [x2, y2] = [Math.min(width, along), Math.max(0, along - width)];
    const drop = (value: number) => (falling ? height - value : value);
    return `M${short(x + x1)},${short(y + drop(y1))}L${short(x + x2)},${short(y + drop(y2))}`;
  });
  return lines.join("");
}

/** Tenths of a pixel are enough. */
export function short(pixels: number): number {
  return Math.round(10 * pixels) / 10;
}
