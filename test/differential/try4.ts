import { ErlangSide } from './erlang-side.ts'
import { runInline } from './bulkhead-side.ts'
import { generate } from './generate.ts'
const [which, from, to, n] = [process.argv[2], ...process.argv.slice(3).map(Number)] as [string, number, number, number]
const seeds = Array.from({ length: to - from + 1 }, (_, i) => from + i).filter(
  (s) => !generate(s).steps.some((x) => x.do === 'wait'),
)
const total = seeds.length
const erlang = which === 'e' ? await ErlangSide.start() : undefined
const t = performance.now()
const worker = async () => {
  for (;;) {
    const seed = seeds.shift()
    if (seed === undefined) return
    await (erlang ? erlang.run(generate(seed)) : runInline(generate(seed)))
  }
}
await Promise.all(Array.from({ length: n }, worker))
console.log(which, total, ((performance.now() - t) / 1000).toFixed(1), process.cpuUsage().user / 1e6)
process.exit()
