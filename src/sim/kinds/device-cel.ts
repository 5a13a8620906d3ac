import { invalidValue, type Path } from '../api/field.ts'
import type { Errors } from '../api/validate/simple.ts'
import type { Declarations } from '../cel/check.ts'
import { compile, isFailure } from '../cel/program.ts'
import { BOOL, DYN, map, object, STRING } from '../cel/types.ts'

/** What a selector may say of a device (dynamic-resource-allocation: cel/compile.go). */
const DEVICE: Declarations = {
  variables: {
    device: object('DRADevice', {
      driver: STRING,
      attributes: map(STRING, map(STRING, DYN)),
      capacity: map(STRING, map(STRING, object('kubernetes.Quantity'))),
      allowMultipleAllocations: BOOL,
    }),
  },
}

/** Does a selector of devices compile, and answer yes or no? */
export function deviceExpression(expression: string, path: Path, out: Errors): void {
  const compiled = compile(expression, DEVICE, [BOOL])
  if (isFailure(compiled)) out.push(invalidValue(path, expression, compiled.error))
}
