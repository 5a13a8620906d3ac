import { forbiddenField, type FieldError, type Path } from '../../api/field.ts'
import { limited } from '../../cel/estimate-sizes.ts'

/** What one expression may cost at most, and all of a schema. */
const EACH = 10_000_000
const ALL = 100_000_000
const SHOWN = 4

/** The estimated costs of a schema's rules (apiextensions/validation: TotalCost). */
export class Costs {
  readonly #spared: boolean
  #total = 0
  #dearest: readonly { readonly path: Path; readonly cost: number }[] = []

  /** `spared`: single rules may cost more than they should, because they did before. */
  constructor(spared: boolean) {
    this.#spared = spared
  }

  observe(what: string, path: Path, cost: number, out: FieldError[]): void {
    if (!this.#spared && cost > EACH) out.push(forbiddenField(path, tooMuch(what, cost / EACH)))
    this.#total = limited(this.#total + cost)
    if (cost >= ALL / 100) this.#dearest = [...this.#dearest, { path, cost }].sort((a, b) => b.cost - a.cost).slice(0, SHOWN)
  }

  report(path: Path, out: FieldError[]): void {
    if (this.#total <= ALL) return
    for (const { path: rule } of this.#dearest) out.push(forbiddenField(rule, 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema'))
    out.push(forbiddenField(path, tooMuch('x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema', this.#total / ALL)))
  }
}

function tooMuch(what: string, times: number): string {
  const factor = times > 100 ? 'more than 100x' : times < 1.5 ? `${times.toFixed(6)}x` : `${times.toFixed(1)}x`
  return `${what} exceeds budget by factor of ${factor} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`
}
