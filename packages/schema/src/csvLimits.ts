/** Sizes, in characters, beyond which a file is refused as no table before it can fill the memory. */
export const csvLimits = { header: 1 << 16, line: 1 << 20 } as const;
