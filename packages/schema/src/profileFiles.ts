/** The files of a profile folder. */
export const profileFiles = { header: "profile.json", measurements: "measurements.csv" } as const;
