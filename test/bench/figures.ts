/** A figure as people read it: three digits that count. */
export const figure = (value: number | undefined, spread?: number): string =>
  value === undefined
    ? 'missing'
    : `${value >= 1_000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)}${spread === undefined ? '' : ` ±${Math.round(spread * 100)} %`}`
