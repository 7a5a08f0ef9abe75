import { parse, View } from 'vega'
import { compile } from 'vega-lite'

/**
 * One point for each row, on a logarithmic axis of ratios with a line at 1.
 *
 * @param {readonly { readonly variant: string, readonly ratio?: number | undefined }[]} rows
 * @returns {Promise<string>} SVG
 */
export async function plotOfRatios(rows) {
  const values = rows.flatMap(({ variant, ratio }) => (ratio === undefined ? [] : [{ variant, ratio }]))
  const ratio = {
    field: 'ratio',
    type: 'quantitative',
    scale: { type: 'log' },
    title: 'times as good (right of 1: ahead)',
  }
  const { spec } = compile({
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    width: 520,
    data: { values },
    layer: [
      { mark: { type: 'rule', color: '#999', strokeDash: [4, 4] }, encoding: { x: { datum: 1 } } },
      {
        mark: { type: 'point', filled: true, size: 60 },
        encoding: {
          x: ratio,
          y: { field: 'variant', type: 'nominal', sort: null, title: null, axis: { labelLimit: 300 } },
          color: {
            condition: { test: 'datum.ratio >= 1', value: '#2a7f3f' },
            value: '#c0392b',
          },
        },
      },
    ],
  })
  return await new View(parse(spec), { renderer: 'none' }).toSVG()
}
