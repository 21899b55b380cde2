/** Part of the requests that were in time, with the digits that tell 99.99 % from all of them: never rounded up to 100 %. */
export function formatAttainment(attainment: number): string {
  if (attainment === 1) return "100 %";
  const percent = attainment < 0.99 ? Math.floor(attainment * 1e3) / 10 : Math.floor(attainment * 1e5) / 1e3;
  return `${Math.min(percent, 99.999)} %`;
}
