/**
 * Discrete Fourier transform in place, radix 2: Xₘ = Σ xₙ e^(∓2πi·nm/N), unscaled in both directions.
 *
 * @param re  real parts, length N a power of two
 * @param im  imaginary parts, same length
 * @param inverse  true for the conjugate kernel; divide by N afterwards
 * @see Cooley and Tukey (1965); complexity O(N log N)
 */
export function fourierTransform(re: Float64Array, im: Float64Array, inverse: boolean): void {
  const n = re.length;
  reverseBits(re, im);
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    const angle = ((inverse ? 2 : -2) * Math.PI) / size;
    for (let k = 0; k < half; k += 1) {
      const cos = Math.cos(angle * k);
      const sin = Math.sin(angle * k);
      for (let even = k; even < n; even += size) {
        const odd = even + half;
        const oddRe = re[odd]! * cos - im[odd]! * sin;
        const oddIm = re[odd]! * sin + im[odd]! * cos;
        re[odd] = re[even]! - oddRe;
        im[odd] = im[even]! - oddIm;
        re[even]! += oddRe;
        im[even]! += oddIm;
      }
    }
  }
}

function reverseBits(re: Float64Array, im: Float64Array): void {
  for (let i = 1, j = 0; i < re.length; i += 1) {
    let bit = re.length >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
  }
}
